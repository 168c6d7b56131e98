"""Photographs of papers in tests: small pictures, each different."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from PIL import Image


@cache
def photograph(number: int) -> bytes:
    """A small picture as a phone would send it; another number is another picture."""
    kept = BytesIO()
    Image.new("RGB", (16, 16), (number % 256, 90, 160)).save(kept, "PNG")
    return kept.getvalue()
