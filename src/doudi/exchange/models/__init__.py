"""What was delivered, what became of it, what was refused."""

from __future__ import annotations

from doudi.exchange.models.loads import (
    Load,
    Refusal,
)

__all__ = [
    "Load",
    "Refusal",
]
