"""What operators ask for on the command line, a file for each group of commands."""
