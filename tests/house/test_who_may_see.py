"""The page about who may see what is what the code says."""

from __future__ import annotations

from house.who_may_see import PAGE, written


def test_the_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == written(), "make it anew: .venv/bin/python tests/house/who_may_see.py"
