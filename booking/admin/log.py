"""Who did what in the back office, newest first: every addition, change and deletion, whatever it was made to."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext_lazy as _

from .reading import ReadOnlyAdmin


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    list_display = ("action_time", "user", "action_flag", "content_type", "object_repr", "message")
    list_display_links = ("action_time",)
    list_filter = ("action_flag", "action_time", "content_type")
    list_select_related = ("user", "content_type")
    date_hierarchy = "action_time"
    search_fields = ("user__email", "object_repr")
    fields = ("action_time", "user", "action_flag", "content_type", "object_id", "object_repr", "message")

    @admin.display(description=_("what changed"))
    def message(self, entry: LogEntry) -> str:
        return entry.get_change_message()
