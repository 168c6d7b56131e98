"""Columns and cells for tests: a column of each type, and what happens to a cell on its way."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from doudi.engine.cells import BLANKS, QUOTES, UNSEEN
from doudi.engine.contract import Column

CODES = {"urban": ("城镇", "非农业"), "rural": ("农村",), "A": ("A级",), "1": ("男",)}


def column(kind: str, *, name: str = "cell", required: bool = False, negative: bool = False) -> Column:
    return Column(name=name, label="格", type=kind, required=required, negative=negative, codes=CODES if kind == "code" else {})


@st.composite
def dressed(draw: st.DrawFn, of: st.SearchStrategy[str]) -> str:
    """What happens to a cell on its way: full-width digits, invisible characters, blanks, an apostrophe."""
    text = draw(of)
    if draw(st.booleans()):
        text = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)
    at = draw(st.integers(0, len(text)))
    text = text[:at] + draw(st.sampled_from(["", *UNSEEN])) + text[at:]
    return draw(st.sampled_from(["", " ", *BLANKS, *QUOTES])) + text + draw(st.sampled_from(["", " ", "\t", *BLANKS]))


DAYS = st.dates(date(1901, 1, 1), date(2099, 12, 31))
FORMS = ("{0:%Y-%m-%d}", "{0:%Y}/{0.month}/{0.day}", "{0:%Y%m%d}", "{0:%Y}.{0.month}.{0.day}", "{0:%Y}年{0.month}月{0.day}日")
