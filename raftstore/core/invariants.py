"""What must be true whatever happens; unlike `assert`, it stays in under -O."""


class InvariantViolation(Exception):
    """The algorithm has a fault: continuing could lose data, so the node stops."""


def invariant(holds: bool, message: str) -> None:
    """Stop unless `holds`.

    Raises:
        InvariantViolation: it does not hold.
    """
    if not holds:
        raise InvariantViolation(message)
