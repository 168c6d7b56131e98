"""A fixed day, and departments' data nobody has to make."""

import pytest

from web import staged


@pytest.fixture(autouse=True)
def sources(db, monkeypatch):
    """What departments hold; tests add rows to it."""
    return staged.set_the_stage(monkeypatch)
