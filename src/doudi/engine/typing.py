"""SQL literals and identifiers, under the name some modules still ask for them by."""

from __future__ import annotations

from doudi.engine.sql import name_of, quote

__all__ = ["name_of", "quote"]
