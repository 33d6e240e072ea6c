"""What did this site send? A page for development, where mail goes into files; in production there is none."""
