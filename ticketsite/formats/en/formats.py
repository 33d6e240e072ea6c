"""How are dates and times written in English where a page names no format of its own?

As everywhere on the site: the day first, and hours up to 24. Django's own English is American.
"""

DATE_FORMAT = "D j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "D j M Y, H:i"
