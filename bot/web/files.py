"""How many files and connections this process may have open at once."""

from __future__ import annotations

import contextlib
import resource

#: As many as are of use; some systems allow a thousand million.
MOST = 65_536


def open_files() -> int:
    """How many may be open now."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else min(soft, MOST)


def allow_open_files() -> None:
    """Allow as many as the system lets this process have: it begins with a thousand, which open pages soon use up."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if open_files() < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
