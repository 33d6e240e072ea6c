"""What people would use instead of our store; README.md says how to get it."""
