"""Page tests share the browser."""

from web.browser import chromium, open_browser

__all__ = ["chromium", "open_browser"]
