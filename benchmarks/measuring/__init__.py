"""What every benchmark shares: runs in turn, medians, processor time, facts of the machine, results, the page."""
