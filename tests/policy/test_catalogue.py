"""The 75 warnings are those of the catalogue: modes, levels, articles, and what may innocently be behind each."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from pathlib import Path

import pytest

from doudi.policy import pack
from doudi.policy.rules import Indicator

ON = date(2026, 7, 1)
# Runs of codes: mode (T trigger, P points; A06 is both, as points of which one clause is enough) and level.
CATALOGUE = """
A01-A02 P O, A03-A05 P Y, A06 P R, A07-A09 T O, A10-A11 T R, A12 P O,
B01-B06 T Y, B07-B08 T O, B09 P Y, B10-B11 T R, B12 P O, B13 T Y, B14-B15 T O, B16 P Y, B17 T Y, B18-B20 T O, B21-B22 P Y,
B23 T O, B24 T Y, B25 T O, B26 T R, B27 P O, B28 T O, B29 T Y,
C01-C04 T O, C05-C17 T Y, C18-C21 T O, C22 T Y, C23 T O, C24 T Y, C25 P Y, C26-C27 T O, C28 T Y,
D01 T R, D02-D03 T O, D04 T Y, D05-D06 T O
"""


@pytest.fixture(scope="module")
def indicators() -> dict[str, Indicator]:
    return {rule.code: rule for rule in pack.load().indicators_on(ON)}


def catalogue() -> dict[str, tuple[str, str]]:
    told = {}
    for entry in CATALOGUE.replace("\n", " ").split(","):
        codes, mode, level = entry.split()
        first, last = codes.split("-") if "-" in codes else (codes, codes)
        for number in range(int(first[1:]), int(last[1:]) + 1):
            told[f"{first[0]}{number:02}"] = ({"T": "trigger", "P": "points"}[mode], level)
    return told


def test_all_75_are_there_in_their_mode_and_at_their_level(indicators: dict[str, Indicator]) -> None:
    assert {code: (rule.mode, rule.level) for code, rule in indicators.items()} == catalogue()
    sizes = {kind: len(list(codes)) for kind, codes in groupby(sorted(indicators), lambda code: code[0])}
    assert sizes == {"A": 12, "B": 29, "C": 28, "D": 6}


def test_each_says_where_it_stands_what_it_saw_and_what_to_do(indicators: dict[str, Indicator]) -> None:
    for code, rule in indicators.items():
        assert rule.articles and rule.words and rule.advice, code
        if code[0] in "CD":
            assert rule.innocent, f"{code} looks like an accusation"


def test_every_fact_they_read_has_a_dataset_that_can_tell_it(indicators: dict[str, Indicator]) -> None:
    rules = pack.load()
    contracts = {path.stem for path in (Path(pack.__file__).parents[1] / "exchange" / "contracts").glob("*.toml")}
    assert rules.without_life(contracts, ON) == {}
    without = {"case_record", "referral", "distress_report", "medical_enrolment"}
    silent = rules.without_life(contracts - without, ON)
    assert {"A11", "A12", "B13", "B14", "C28", "D01", "D02", "D03", "D04", "D05"} == set(silent)
