"""Reading supervision: the boards, and the list behind each number."""

from __future__ import annotations

from doudi.supervision.queries.boards import Sweep, seen_by, sweep

__all__ = ["Sweep", "seen_by", "sweep"]
