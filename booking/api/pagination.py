"""How are long lists cut? By cursors, which neither skip nor repeat a row when others are added meanwhile."""

from rest_framework.pagination import CursorPagination


class ByName(CursorPagination):
    page_size = 50
    ordering = ("name", "id")


class NewestFirst(CursorPagination):
    page_size = 20
    ordering = ("-created_at", "-id")
