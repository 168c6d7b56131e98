"""Page tests share the browser and a small register."""

from web.browser import chromium, open_browser
from web.register import register

__all__ = ["chromium", "open_browser", "register"]
