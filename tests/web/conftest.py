"""Page tests share a small register."""

from web.register import register

__all__ = ["register"]
