"""The peer of the on-sale rush: the same shop, whose seats are rows of PostgreSQL that are locked to be sold.

Sign-in, orders, prices, payments and the sandbox gateway are the site's own; seats.py takes the seat store's place, and
does in one transaction what one transaction can do.
"""
