"""May this process have as many sockets open as it takes? Systems allow 1,024 files unless a process asks for more."""

import logging
import resource

logger = logging.getLogger(__name__)


def allow_open_files(count: int) -> None:
    """Have at least `count` allowed, or as many as the system lets us; then the operator is told that it is less."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= count:
        return
    allowed = count if hard == resource.RLIM_INFINITY else min(count, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < count:
        logger.warning("Only %d files may be open at once and %d are wanted: raise LimitNOFILE", allowed, count)
