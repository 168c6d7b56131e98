"""What is pure in the exchange: deliveries and their words, one file a subject."""

from __future__ import annotations

from doudi.exchange.core.deliveries import (
    ADD,
    FULL,
    REASONS,
    BadManifest,
    Promise,
    day_in_name,
    kept,
    month_before,
    part_of,
    read_manifest,
    shown,
)
from doudi.exchange.core.doors import Door

__all__ = [
    "ADD",
    "FULL",
    "REASONS",
    "BadManifest",
    "Door",
    "Promise",
    "day_in_name",
    "kept",
    "month_before",
    "part_of",
    "read_manifest",
    "shown",
]
