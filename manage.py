#!/usr/bin/env python
"""Django's command line for Ticketsite."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketsite.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if settings.configured:
            raise
        # The environment says what cannot be meant, and the sentence what to do; where that was found helps nobody.
        sys.exit(f"manage.py: {error}")


if __name__ == "__main__":
    main()
