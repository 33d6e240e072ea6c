"""Every sentence the assistant says, by what it is about: asking.py asks back, guidance/ needs no facts."""
