"""Where is counted how often somebody did something: in one place for all processes, or in each for itself?

`default` is allauth's: wrong passwords, codes tried, mails asked for. Those limits guard accounts, so a site of several
processes must count them once: in Redis, or else in the database, in a table of accounts/models.py. `throttles` are
allowances that keep a crowd bearable, counted at many requests; without Redis each process has its own, so that they
hold times the number of processes and cost nothing.
"""

from typing import Any

# More people in a minute than entries, and the oldest are forgotten.
_OPTIONS = {"MAX_ENTRIES": 100_000}
_HERE = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": _OPTIONS}
_IN_THE_DATABASE = {
    "BACKEND": "django.core.cache.backends.db.DatabaseCache",
    "LOCATION": "accounts_limit",
    "OPTIONS": _OPTIONS,
}


def caches_of(*, redis_url: str, several_processes: bool) -> dict[str, Any]:
    """Django's CACHES."""
    if redis_url:
        redis = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}
        return {"default": redis, "throttles": redis}
    return {"default": _IN_THE_DATABASE if several_processes else _HERE, "throttles": _HERE}
