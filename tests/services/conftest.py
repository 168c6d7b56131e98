"""The stage of the tests of referrals."""

import pytest

import walk


@pytest.fixture
def sources(monkeypatch):
    """Departments' data, all delivered lately and empty."""
    return walk.everything_answers(walk.Sources().install(monkeypatch))
