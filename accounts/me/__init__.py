"""The REST interface to one's own account, under /api/v1/me/."""
