"""Data of the size of something real, to try the site with: trains of India, and shows that nobody has staged."""
