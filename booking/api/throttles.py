"""How often may something be asked from one address?"""

from accounts.throttles import PerAddress


class JoinThrottle(PerAddress):
    """Joining a waiting room, by page or by program."""

    scope = "queue-join"
