"""What may be shown of a comparison: the pages of a director and of a county side by side give away no small number."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from doudi.engine.gaps import Gap
from doudi.engine.published import CHANGE, published
from doudi.engine.whatif import Changed, Compared, Row

COUNTIES = ("990101", "990102", "990103")


def row(key: str, before: int, gained: int, lost: int) -> Row:
    lost = min(lost, before)
    after = before - lost + gained
    return Row(key, key, before, after, gained, lost, 0, 0, before * 100, after * 100)


def summed(key: str, rows: list[Row]) -> Row:
    return Row(key, key, *(sum(getattr(one, name) for one in rows) for name in Row.__slots__[2:]))


def compared(within: str, townships: dict[str, list[Row]]) -> Compared:
    counties = tuple(summed(code, rows) for code, rows in townships.items())
    places = counties if len(within) < 6 else tuple(townships[within])
    total = summed("", list(places))
    one = Changed(
        code="dibao", label="低保", subject="household", pays=True, affected=True, total=total, households=total, persons=total,
        no=1000, unknown=1000, unknown_after=1000, unpriced=0, unpriced_after=0, missing=(), roll=None, counties=counties,
        places=places, bands=(total,), kinds=(total,),
    )  # fmt: skip
    everybody = total.before + 100_000
    gap = Gap(everybody, 0, 500, 1000, 500, 400, 100, 90)
    return Compared(date(2026, 6, 30), within, "known", everybody, everybody, (one,), 0, 0, gap, None, None)


COUNT = st.one_of(st.integers(0, 15), st.integers(0, 3000))
TOWNSHIPS = st.lists(st.tuples(COUNT, COUNT, COUNT), min_size=1, max_size=4)


@given(towns=st.tuples(TOWNSHIPS, TOWNSHIPS, TOWNSHIPS))
def test_no_small_number_is_shown_or_left_over_on_any_page_or_between_pages(towns: Any) -> None:
    townships = {
        code: [row(f"{code}{at:03d}", *counts) for at, counts in enumerate(of)] for code, of in zip(COUNTIES, towns, strict=True)
    }
    city = published(compared("9901", townships))["programmes"][0]
    pages = {code: published(compared(code, townships))["programmes"][0] for code in COUNTIES}
    for name in ("before", *CHANGE[:5]):
        for page in (city, *pages.values()):
            shown = [one[name] for one in page["places"] if one[name] is not None]
            assert not [count for count in (*shown, page["total"][name] or 0) if 0 < count < 10]
            if page["total"][name] is not None and len(shown) < len(page["places"]):
                left = page["total"][name] - sum(shown)
                assert left == 0 or left >= 10
        # What the city's page hides no county's own page may show, in whole or township by township.
        for county in city["places"]:
            if county[name] is None:
                page = pages[county["key"]]
                assert page["total"][name] is None and all(one[name] is None for one in page["places"])


def test_a_sum_of_programmes_leaves_the_hidden_ones_out() -> None:
    told = published(compared("9901", {code: [row(f"{code}001", 3, 0, 0)] for code in COUNTIES}))
    assert told["programmes"][0]["total"]["cost_before"] is None and told["cost_before"] == 0
    assert told["gap"]["closed_before"] == 0.5
