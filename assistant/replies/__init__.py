"""Every sentence the assistant says: facts.py from what was found, asking.py to ask back, guidance.py the rest."""
