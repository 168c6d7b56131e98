"""Journeys share a fixed day, and departments' data nobody has to make."""

import pytest

from web import staged


@pytest.fixture
def sources(transactional_db, monkeypatch):
    """What departments hold; journeys add rows to it."""
    return staged.set_the_stage(monkeypatch)
