"""Every sentence the assistant says, by what it is about: asking.py asks back, guidance.py needs no facts."""
