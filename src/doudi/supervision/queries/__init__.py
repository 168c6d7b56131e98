"""Reading supervision: the boards, the list behind each number, and rules with no life."""

from __future__ import annotations

from doudi.engine.trial import NotPublished
from doudi.supervision.queries.boards import Sweep, seen_by, sweep
from doudi.supervision.queries.life import rules_life

__all__ = ["NotPublished", "Sweep", "rules_life", "seen_by", "sweep"]
