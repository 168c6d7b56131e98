"""Scoring of households: the truth scores 1, everybody alone scores what it should, one stranger spoils two households."""

from __future__ import annotations

import numpy as np

from doudi.sample.city.score_homes import Truth, score

HOME = np.array([0, 0, 1, 2, 2, 2])
TRUE = Truth(
    person=np.arange(6), home=HOME, entity=np.array([5, 4, 3, 2, 1, 0]), size=np.bincount(HOME)[HOME],
    wrong_roll=HOME == 2, tier=np.array(["dibao"] * 3 + ["other"] * 3, object),
)  # fmt: skip


def said(*homes: int) -> np.ndarray:
    """The household said of each true person, laid out by the platform's numbers."""
    found = np.empty(6, np.int64)
    found[TRUE.entity] = homes
    return found


def test_the_truth_is_exact_in_every_slice():
    told = score(TRUE, said(*HOME))
    assert told["exact"] == 1 and told["pairs"] == {"precision": 1, "recall": 1} and told["households"] == 3
    assert told["by_size"]["3"] == {"households": 1, "exact": 1} and told["by_size"]["4"]["exact"] is None
    assert told["wrong_roll"]["T11"]["exact"] == 1 and told["by_tier"]["dibao"] == {"households": 2, "exact": 1}


def test_everybody_alone_gets_only_those_who_are():
    told = score(TRUE, said(*range(6)))
    assert round(told["exact"], 4) == 0.3333 and told["pairs"]["recall"] == 0


def test_one_stranger_spoils_both_households():
    told = score(TRUE, said(0, 0, 2, 2, 2, 2))
    assert round(told["exact"], 4) == 0.3333 and told["wrong_roll"]["T11"]["exact"] == 0 and told["largest"] == 4


def test_somebody_the_platform_does_not_know_makes_their_household_wrong():
    unknown = Truth(**{**TRUE.__dict__, "entity": np.array([5, -1, 3, 2, 1, 0])})
    assert round(score(unknown, said(*HOME))["exact"], 4) == 0.6667
