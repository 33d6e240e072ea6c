"""How dear is a guess at a password? Argon2id with OWASP's parameters: 19 MiB and two passes on one core.

Django's own ask for 100 MiB and eight threads; a few dozen people who log in at once would need gigabytes and keep
every core from selling seats.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
