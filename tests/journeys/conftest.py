"""Journeys share the browser, a fixed day, and departments' data nobody has to make."""

import pytest

from web import staged
from web.browser import chromium, open_browser

__all__ = ["chromium", "open_browser"]


@pytest.fixture
def sources(transactional_db, monkeypatch):
    """What departments hold; journeys add rows to it."""
    return staged.set_the_stage(monkeypatch)
