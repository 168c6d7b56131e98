"""Who is counted as living together, and who is left out with which reason: D57 Art. 7 on small families, and on any town."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.engine import households, living_tables, visited
from doudi.engine.households import Proposal, propose
from doudi.engine.living import LARGE, LOOKS, NEVER, NOBODY, RELATIONS, Couples, Known, reasons
from examples import some

ON = date(2026, 6, 30)
TODAY = (ON - date(1970, 1, 1)).days
_NONE = {
    "age": (np.int16, 40), "sex": (np.int8, 1), "surname": (np.int32, 1), "book": (np.uint64, 0), "book_line": (np.int64, -1),
    "relation": (np.int8, NOBODY), "address": (np.uint64, 0), "roll": (np.int8, NOBODY), "roll_home": (np.uint64, 0),
    "roll_line": (np.int64, -1), "roll_relation": (np.int8, NOBODY), "single": (bool, False), "dependent": (bool, False),
    "master": (bool, False), "dead": (bool, False), "custody": (bool, False), "missing": (bool, False), "clergy": (bool, False),
    "moved": (bool, False), "guardian": (np.int32, NOBODY), "guardian_line": (np.int64, -1), "guardian_source": (np.int8, 0),
}  # fmt: skip


def known(*people: dict[str, Any], couples: list[tuple[int, int, bool, int]] = ()) -> Known:
    """What registers say of these people; a booklet's rows stand in the order given."""
    assert {field.name for field in fields(Known)} == {*_NONE, "couples"}
    said = [{"book_line": at} | one for at, one in enumerate(people)]
    for one in said:
        for name in ("relation", "roll_relation"):
            if isinstance(one.get(name), str):
                one[name] = RELATIONS.index(one[name])
    columns = {name: np.array([one.get(name, absent) for one in said], kind) for name, (kind, absent) in _NONE.items()}
    pairs = np.array(couples, np.int64).reshape(-1, 4)
    told = Couples(
        pairs[:, 0].astype(np.int32), pairs[:, 1].astype(np.int32), pairs[:, 2].astype(bool), pairs[:, 3].astype(np.int32),
        np.arange(len(pairs)),
    )  # fmt: skip
    return Known(**columns, couples=told)


def book(relation: str, age: int, number: int = 1, **more: Any) -> dict[str, Any]:
    return {"book": number, "relation": relation, "age": age} | more


def told(found: Proposal) -> dict[tuple[int, int], str]:
    """(whose household, person) → reason."""
    words = reasons(ON)
    return {(int(of), int(who)): words[why].code for of, who, why in zip(found.of, found.member, found.reason, strict=True)}


def counted(found: Proposal) -> dict[int, set[int]]:
    """The counted members of each household."""
    words, homes = reasons(ON), {}
    for of, who, why in zip(found.of, found.member, found.reason, strict=True):
        if words[why].counted:
            homes.setdefault(int(of), set()).add(int(who))
    return homes


@pytest.mark.parametrize(
    "member, reason, is_counted",
    [
        (book("spouse", 38), "spouse", True),
        (book("son", 12), "minor_child", True),
        (book("daughter", 17), "minor_child", True),
        (book("daughter", 20, dependent=True), "dependent_child", True),  # at school up to bachelor, wherever they sleep
        (book("son", 44, dependent=True), "dependent_child", True),  # severely disabled
        (book("son", 25, master=True), "master_student", False),
        (book("son", 30), "duty_together", True),
        (book("parent", 75), "duty_together", True),
        (book("grandchild", 5), "duty_together", True),
        (book("sibling", 50), "duty_together", True),
        (book("other", 33), "no_duty", False),  # a lodger
        (book("spouse", 38, custody=True), "custody", False),
        (book("son", 12, missing=True), "missing", False),
        (book("sibling", 50, clergy=True), "clergy", False),
        (book("parent", 90, dead=True), "dead", False),
        (book("son", 30, moved=True), "moved", False),
    ],
)
def test_each_kind_of_member(member, reason, is_counted):
    found = propose(known(book("self", 45), member), [], ON)
    assert told(found)[0, 1] == reason
    assert (1 in counted(found)[0]) == is_counted


def test_every_reason_names_its_article_and_before_the_rule_nothing_is_certain():
    assert {one.article for one in reasons(ON)} == {"D57 Art. 7"}
    assert {one.clause for one in reasons(ON) if one.code in ("custody", "missing")} == {"2(2)"}
    assert {one.certain for one in reasons(date(2020, 1, 1))} == {"ask"}


def test_a_divorce_ends_what_the_booklet_says_and_a_later_marriage_brings_it_back():
    pair = [book("self", 45), book("spouse", 40)]
    found = propose(known(*pair, couples=[(0, 1, True, 100), (0, 1, False, 200)]), [], ON)
    assert told(found)[0, 1] == "divorced" and counted(found) == {0: {0}, 1: {1}}
    found = propose(known(*pair, couples=[(0, 1, True, 100), (0, 1, False, 200), (0, 1, True, 300)]), [], ON)
    assert counted(found) == {0: {0, 1}}
    found = propose(known(*pair, couples=[(0, 1, False, TODAY + 1)]), [], ON)  # not yet
    assert counted(found) == {0: {0, 1}}


def test_husband_and_wife_in_two_booklets_are_one_household_and_somebody_looks():
    found = propose(known(book("self", 45), book("self", 40, 2, sex=2), book("son", 8, 2), couples=[(0, 1, True, 9)]), [], ON)
    assert counted(found) == {0: {0, 1, 2}} and told(found)[0, 1] == "spouse"
    assert LOOKS[found.look[1]] == "spouse_elsewhere"


def test_a_grown_child_who_married_lives_with_the_spouse_and_is_left_out_of_the_parents_home():
    family = known(book("self", 60), book("son", 30), book("self", 29, 2, sex=2), couples=[(1, 2, True, 9)])
    found = propose(family, [], ON)
    assert counted(found) == {0: {0}, 2: {1, 2}} and told(found)[0, 1] == "independent"


def test_two_helped_apart_are_never_joined():
    one, other = {"roll": 0, "roll_home": 7, "roll_relation": "self"}, {"roll": 0, "roll_home": 8, "roll_relation": "self"}
    found = propose(known(book("self", 60, **one), book("spouse", 58, **other), couples=[(0, 1, True, 9)]), [], ON)
    assert counted(found) == {0: {0}, 1: {1}} and told(found)[0, 1] == "other_home"
    assert {LOOKS[look] for look in found.look} == {"two_rolls"}


def test_somebody_off_the_roll_of_their_family_is_counted_and_looked_at():
    roll = {"roll": 0, "roll_home": 7}
    found = propose(
        known(book("self", 60, **roll, roll_relation="self"), book("spouse", 58, **roll, roll_relation="spouse"), book("son", 8)),
        [], ON,
    )  # fmt: skip
    assert counted(found) == {0: {0, 1, 2}} and LOOKS[found.look[2]] == "off_roll"


def test_an_orphan_in_a_booklet_of_their_own_lives_with_the_guardian_and_a_grown_ward_does_not():
    found = propose(known(book("self", 60), book("grandchild", 9, 2, guardian=0)), [], ON)
    assert counted(found) == {0: {0, 1}} and told(found)[0, 1] == "ward"
    found = propose(known(book("self", 60), book("self", 30, 2, guardian=0)), [], ON)
    assert counted(found) == {0: {0}, 1: {1}} and told(found)[1, 0] == "supporter"  # owes support, is no member


def test_a_collective_booklet_joins_nobody():
    found = propose(known(*(book("self" if at == 0 else "sibling", 30) for at in range(15))), [], ON)
    assert all(len(home) == 1 for home in counted(found).values()) and told(found)[0, 5] == "collective"


def test_two_heads_in_one_booklet_are_two_households_and_somebody_looks():
    found = propose(known(book("self", 60), book("spouse", 58), book("self", 30), book("spouse", 28), book("son", 3)), [], ON)
    assert counted(found) == {0: {0, 1}, 2: {2, 3, 4}}
    assert {LOOKS[look] for look in found.look[[1, 3, 4]]} == {"two_heads"}


def test_one_address_joins_nobody():
    found = propose(known(book("self", 60, address=9), book("self", 30, 2, address=9)), [], ON)
    assert counted(found) == {0: {0}, 1: {1}} and len(found.ties) == 1


def test_a_child_with_nobody_is_looked_at():
    assert LOOKS[propose(known(book("self", 7)), [], ON).look[0]] == "minor_alone"


def test_what_was_said_overrules_registers_and_the_later_word_counts():
    family = known(book("self", 60), book("son", 30), book("self", 40, 2))
    apart, joined = ("together", 1, 0, False, 10), ("together", 2, 0, True, 10)
    found = propose(family, [apart, joined], ON)
    assert counted(found) == {0: {0, 2}, 1: {1}}
    assert told(found)[0, 1] == "said_apart" and told(found)[0, 2] == "said"
    assert counted(propose(family, [apart, ("together", 1, 0, True, 20)], ON))[0] == {0, 1}
    assert counted(propose(family, [("together", 1, 0, True, 20), apart], ON))[0] == {0, 1}


def test_who_is_said_to_have_gone_leaves_their_household_standing():
    family = known(book("self", 60), book("spouse", 58), book("son", 8))
    assert counted(propose(family, [("together", 0, 1, False, 10)], ON)) == {0: {0}, 1: {1, 2}}


@pytest.mark.parametrize("state", ["custody", "missing", "clergy", "dead", "moved"])
def test_what_was_said_of_one_person_counts(state):
    family = known(book("self", 60), book("son", 30))
    assert 1 not in counted(propose(family, [(state, 1, NOBODY, True, 10)], ON))[0]
    assert 1 in counted(propose(family, [(state, 1, NOBODY, True, 10), (state, 1, NOBODY, False, 20)], ON))[0]


def test_a_divorce_somebody_told_counts_before_the_register_knows():
    found = propose(known(book("self", 45), book("spouse", 40)), [("married", 0, 1, False, 10)], ON)
    assert counted(found) == {0: {0}, 1: {1}}


# ---- whatever registers say ---------------------------------------------------------------------------------------------

_PERSON = st.fixed_dictionaries(
    {
        "age": st.integers(-1, 95), "sex": st.sampled_from([0, 1, 2]), "book": st.integers(0, 4),
        "relation": st.integers(-1, 9), "roll": st.sampled_from([-1, -1, 0, 1]), "roll_home": st.integers(1, 4),
        "roll_relation": st.integers(-1, 3), "dependent": st.booleans(), "master": st.booleans(), "dead": st.booleans(),
        "custody": st.booleans(), "moved": st.booleans(), "guardian": st.integers(-1, 7), "address": st.integers(0, 2),
    }
)  # fmt: skip
_PLACE = st.integers(0, 7)
_SAID = st.tuples(
    st.sampled_from(["together", "married", "guardian", "parent"]), _PLACE, _PLACE, st.booleans(), st.integers(1, 9)
)
_COUPLE = st.tuples(_PLACE, _PLACE, st.booleans(), st.integers(1, 300))


@given(st.lists(_PERSON, min_size=8, max_size=24), st.lists(_COUPLE, max_size=6), st.lists(_SAID, max_size=5))
def test_in_any_town_everybody_stands_once_nobody_absent_is_counted_and_nothing_large_is_silent(people, couples, said):
    town = known(*people, couples=couples)
    found = propose(town, said, ON)
    homes = counted(found)
    everybody = [one for home in homes.values() for one in home]
    assert len(everybody) == len(set(everybody))  # counted once at most
    own = sorted(int(who) for of, who in zip(found.of, found.member, strict=True) if found.home[who] == of)
    assert own == list(range(town.count))  # and everybody stands in one household, counted or told why not
    assert not any(town.dead[one] or town.custody[one] for one in everybody)
    living = np.bincount(found.home[~town.dead], minlength=town.count)
    for home in np.flatnonzero(living > LARGE):
        assert any(LOOKS[found.look[one]] == "too_large" for one in np.flatnonzero(found.home == home))
    assert len(set(zip(found.of.tolist(), found.member.tolist(), strict=True))) == len(found.of)
    again = propose(town, said, ON)
    assert all(np.array_equal(getattr(found, name), getattr(again, name)) for name in ("home", "look", "of", "member", "reason"))


@given(st.lists(_PERSON, min_size=8, max_size=24), _PLACE, _PLACE, st.booleans())
def test_in_any_town_the_last_word_about_two_people_holds(people, a, b, holds):
    if a == b:
        return
    found = propose(known(*people), [("together", a, b, holds, 5)], ON)
    assert (found.home[a] == found.home[b]) == holds


def test_what_was_said_holds_where_registers_had_said_it_too_and_the_household_is_too_large():
    """Nine children of one guardian, the second with a booklet of their own: a household that size is cut, not what was said."""
    town = known(*({"age": 0, "guardian": 0} | ({"book": 1, "relation": "self"} if at == 1 else {}) for at in range(9)))
    assert propose(town, [], ON).home[1] == 1
    for a, b in ((0, 1), (1, 0), (1, 5)):
        found = propose(town, [("together", a, b, True, 5)], ON)
        assert found.home[1] == found.home[b] == found.home[a] and LOOKS[found.look[2]] == "too_large"


@settings(max_examples=some(10))
@given(st.integers(1, 5), st.integers(18, 80), st.booleans())
def test_no_lodger_is_ever_counted_with_the_family(members, age, learned):
    family = [book("self", 50), *(book("son", 20) for _ in range(members)), book("other", age)]
    town = known(*family)
    everyone = np.full(town.count, NOBODY, np.int32), np.zeros(town.count, bool)
    found = propose(town, [], ON, everyone if learned else None)
    assert town.count - 1 not in counted(found)[0] and told(found)[0, town.count - 1] == "no_duty"


def test_anchors_that_go_round_in_a_ring_end_at_the_lowest():
    assert households.roots(np.array([1, 2, 0, 0, 4], np.int32)).tolist() == [0, 0, 0, 0, 4]
    assert [households.root_of(np.array([1, 2, 0, 0, 4]), one) for one in range(5)] == [0, 0, 0, 0, 4]
    assert households.roots(np.array([3, 0, 1, 0, 2], np.int32)).tolist() == [0, 0, 0, 0, 0]  # two that follow each other


def test_visited_households_teach_where_a_booklet_has_two_heads_and_never_the_law():
    """Here the rows of the second head's people stand, against the order, with the first head in one booklet of four."""
    people: list[dict[str, Any]] = []
    for number in range(1, 301):
        people += [book("self", 60, number, surname=number), book("self", 40, number, surname=1000 + number)]
        people += [book("son", 12, number, surname=number), book("other", 30, number)]
    town = known(*people)
    ruled = propose(town, [], ON)
    said: list[visited.Said] = []
    for first in range(0, 4 * 150, 4):
        said += [("together", first + 2, first, True, 1), ("together", first + 2, first + 1, False, 1)]
    assert ruled.home[4 * 200 + 2] == 4 * 200 + 1  # by the order of the rows, with the second head
    taught = visited.propose(town, said, ON)
    assert taught.home[4 * 200 + 2] == 4 * 200 and LOOKS[taught.look[4 * 200 + 2]] == "unlike"
    assert told(taught)[4 * 200, 4 * 200 + 2] == "guessed"
    assert all(taught.home[at] == at for at in range(3, town.count, 4))  # lodgers stay lodgers
    assert np.array_equal(visited.propose(town, said[:20], ON).home[4 * 200 :], ruled.home[4 * 200 :])  # too little to learn from


def test_days_of_ties_are_kept_and_unknown_ones_stay_unknown():
    found = living_tables.tie_table(propose(known(book("self", 45), book("spouse", 40), couples=[(0, 1, True, 100)]), [], ON))
    rows = {row["kind"]: row for row in found.to_pylist()}
    assert rows["married"]["from_on"] == date(1970, 4, 11) and rows["booklet"]["from_on"] is None
    assert rows["booklet"]["word"] == "spouse" and rows["booklet"]["holds"] and NEVER < 0
