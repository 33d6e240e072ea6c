"""The chapters of the tour (tour.py): each a part of what somebody does on the site, stopping at its pages."""
