"""Addresses of the assistant's pages; its socket's is in routes.py."""

from django.urls import path

from . import views

app_name = "assistant"
urlpatterns = [path("", views.ask_on_page, name="ask")]
