"""A language model beside the deterministic core, if an operator names one: it may say things more kindly, and restate
a question that the core did not understand. What is true it never decides (docs/decisions/030-a-voice-not-a-source.md).

connection.py asks it, within a deadline; breaker.py and budget.py say whether it may be asked; wording.py and
restating.py say what it is asked, and whether its answer is taken; speaking.py puts them together.
"""
