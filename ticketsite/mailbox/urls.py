"""Where are the pages of the mailbox?"""

from django.urls import path

from ticketsite.mailbox import pages

app_name = "mailbox"
urlpatterns = [
    path("", pages.inbox, name="inbox"),
    path("<slug:name>/<int:number>/", pages.mail, name="mail"),
    path("<slug:name>/<int:number>/html/", pages.as_html, name="html"),
    path("<slug:name>/<int:number>/<int:position>/", pages.attachment, name="attachment"),
]
