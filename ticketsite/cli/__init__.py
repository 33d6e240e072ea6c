"""`ticket`: the site in a terminal. It knows nothing but the REST API, so it can be anywhere.

`__main__.py` starts it; `site.py` speaks to the site, `commands/` has what can be asked of it, `menu.py` the same for
people who would rather choose than type.
"""
