"""What checks ask in tests: departments that delivered lately, and nothing yet about anybody."""

import pytest

import walk


@pytest.fixture
def sources(monkeypatch):
    return walk.everything_answers(walk.Sources().install(monkeypatch))
