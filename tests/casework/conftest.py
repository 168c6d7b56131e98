"""The stage of casework's tests."""

import pytest

import walk


@pytest.fixture
def sources(monkeypatch):
    """Departments' data, all delivered lately and empty."""
    return walk.everything_answers(walk.Sources().install(monkeypatch))
