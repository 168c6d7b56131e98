"""Large arrays without asking the system for memory each time: giving it back and taking it again costs a sixth of a load."""

from __future__ import annotations

import ctypes

import pyarrow as pa

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4  # names of the C library's settings, from malloc.h


def keep() -> None:
    """Let this process keep freed memory for its next array, where the C library can; for commands that end, not for servers."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(_MMAP_MAX, 0)
    mallopt(_TRIM_THRESHOLD, 2**31 - 1)
    mallopt(_TOP_PAD, 64 << 20)
    pa.set_memory_pool(pa.system_memory_pool())
