"""The REST interface to what is for sale and who has it, under /api/v1/."""
