"""On which store cluster does an inventory live, and how does it get to another?"""
