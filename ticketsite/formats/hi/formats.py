"""How are times written in Hindi where a page names no format of its own?

With hours up to 24, as everywhere on the site. Django has no format for a date with its time in Hindi, and would write
an American one.
"""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
