"""What-if over everybody, against the plain evaluator asked about every household and person of the unit city, to the fen."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.engine import everybody, whatif
from doudi.engine.everybody import NO, PROPERTY, READINGS, UNKNOWN, YES, Everybody
from doudi.facts.household import Household, Member
from doudi.policy import pack as packs
from doudi.policy import scenario
from doudi.policy.assess import Asked
from doudi.policy.pack import Pack
from doudi.policy.scenario import Change
from examples import some

from .unit_city import judged

pytestmark = pytest.mark.slow
ON = date(2026, 6, 30)
RULES = packs.load()
CITY = "9901"
CHANGES = [Change("dibao_standard", "urban", "950"), Change("dibao_standard", "rural", "763.5")]
ANSWERS = {"yes": YES, "no": NO, "unknown": UNKNOWN}


@pytest.fixture(scope="module")
def city() -> Everybody:
    lake, cycle = judged()
    return everybody.opened(lake, cycle, RULES, ON)


@pytest.fixture(scope="module")
def homes(city: Everybody) -> list[tuple[Household, list[int]]]:
    """Every household as rules see it, with the places of its members."""
    people = city._person.to_pylist()
    found = []
    members: dict[int, list[int]] = defaultdict(list)
    for n, row in enumerate(people):
        members[row["hid"]].append(n)
    for row in city._home.to_pylist():
        hid, area = row.pop("hid"), row.pop("area") or city.scope
        living = tuple(
            Member(str(n), facts={k: v for k, v in people[n].items() if k not in ("pid", "hid", "area")}) for n in members[hid]
        )
        found.append((Household(str(hid), area, row, living), members[hid]))
    return found


def read_as(home: Household, reading: str, more: bool) -> Household:
    facts = dict(home.facts)
    if reading != "known":
        facts |= {name: 0 for name in PROPERTY if name in facts and facts[name] is None}
    if more:
        month, members = facts["hh_income_month"], facts["hh_members"]
        if members:
            if month is not None:
                facts["hh_income_per_head"] = (2 * (month + 10000) + members) // (2 * members)
            elif facts["hh_income_per_head"] is not None:
                facts["hh_income_per_head"] += (20000 + members) // (2 * members)
        facts["hh_income_month"] = None if month is None else month + 10000
        facts["hh_income_year"] = None if facts["hh_income_year"] is None else facts["hh_income_year"] + 120000
    return replace(home, facts=facts)


def plainly(
    homes: list[tuple[Household, list[int]]], city: Everybody, pack: Pack, code: str, reading: str, more: bool = False
) -> dict[int, tuple[int, int]]:
    """Eligible and fen of every subject of a programme, one at a time."""
    rule = pack.programme(code, ON)
    roll = city.roll(rule)
    found = {}
    for home, _ in homes:
        asked = Asked(read_as(home, reading, more), ON, home.area, pack)
        for subject in asked.subjects(rule.subject):
            told = asked.programme(rule, subject)
            n, answer, fen = int(subject.id), ANSWERS[told.eligible], told.amount_fen
            if answer == UNKNOWN and reading == "roll" and roll is not None and roll[n]:
                answer, fen = YES, told.steps[-1].fen if told.steps else None
            found[n] = (answer, (fen or 0) if answer == YES else 0)
    return found


@pytest.mark.parametrize("reading", READINGS)
def test_every_household_and_person_is_answered_as_one_alone_would_be(
    city: Everybody, homes: list[tuple[Household, list[int]]], reading: Any
) -> None:
    other = scenario.with_changes(RULES, CHANGES, ON, CITY)
    differ = 0
    for rule in scenario.regular(RULES, ON):
        for pack, more in ((RULES, False), (other, False), (other, True)):
            answers = city.ask(pack, pack.programme(rule.code, ON), ON, reading, more=more)
            plain = plainly(homes, city, pack, rule.code, reading, more)
            told = dict(enumerate(zip(answers.eligible.tolist(), answers.amount.tolist(), strict=True)))
            assert told == plain, rule.code
        differ += plain != plainly(homes, city, RULES, rule.code, reading)
    assert differ >= (reading != "known")


def test_every_figure_is_what_counting_one_by_one_gives(city: Everybody, homes: list[tuple[Household, list[int]]]) -> None:
    reading = "roll"
    other = scenario.with_changes(RULES, CHANGES, ON, CITY)
    told = whatif.compare(city, RULES, other, ON, CITY, reading)
    where = {int(home.hid): home for home, _ in homes}
    inside = {m for m, home in where.items() if (city.areas[city.place[m]]).startswith(CITY)}
    transfers: list[dict[int, int]] = [defaultdict(int), defaultdict(int)]
    for changed in told.programmes:
        old, new = (plainly(homes, city, pack, changed.code, reading) for pack in (RULES, other))
        home_of = city.m.tolist() if changed.subject == "person" else list(range(len(where)))
        here = [n for n in old if home_of[n] in inside]
        before, after = ({n for n in here if side[n][0] == YES} for side in (old, new))
        total = changed.total
        assert (total.before, total.after) == (len(before), len(after))
        assert (total.gained, total.lost) == (len(after - before), len(before - after))
        assert total.up == sum(new[n][1] > old[n][1] for n in before & after)
        assert total.down == sum(new[n][1] < old[n][1] for n in before & after)
        assert (total.cost_before, total.cost_after) == tuple(sum(side[n][1] for n in here) for side in (old, new))
        assert changed.no == sum(old[n][0] == NO for n in here)
        assert changed.unknown == sum(old[n][0] == UNKNOWN for n in here)
        households = [{home_of[n] for n in side} for side in (before, after)]
        assert (changed.households.before, changed.households.after) == tuple(map(len, households))
        assert changed.households.gained == len(households[1] - households[0])
        if changed.subject == "household":
            assert changed.persons.gained == sum(where[n].facts["hh_members"] or 0 for n in after - before)
        for rows in (changed.places, changed.bands, changed.kinds):
            assert_adds_up(rows, total)
        counted = Counter(city.areas[city.place[home_of[n]]][:6] for n in after)
        assert {row.key: row.after for row in changed.places if row.after} == dict(counted)
        for side, sums in zip((old, new), transfers, strict=True):
            for n in here:
                sums[home_of[n]] += side[n][1]
    assert (told.cost_before, told.cost_after) == tuple(sum(sums.values()) for sums in transfers)
    gaps, rates = [0, 0, 0], 0
    for m in inside:
        facts = where[m].facts
        standard = RULES.parameters_at(where[m].area, ON).get(f"dibao_standard:{facts['hh_place_kind']}")
        if None in (standard, facts["hh_income_month"]) or not facts["hh_members"]:
            continue
        lack = standard * facts["hh_members"] - facts["hh_income_month"]
        for at, given_fen in enumerate((0, transfers[0][m], transfers[1][m])):
            gaps[at] += max(lack - given_fen, 0)
    assert [told.gap.gap, told.gap.left_before, told.gap.left_after] == gaps and gaps[0] > gaps[1] > 0
    rates = rates_one_by_one(homes, city, other, inside, reading)
    assert (told.rates_after.households, told.rates_after.over_80) == (len(rates), sum(rate > 80 for rate in rates))
    assert sum(count for _, count in told.rates_after.bands) == len(rates) > 50


def rates_one_by_one(homes: Any, city: Everybody, pack: Pack, inside: set[int], reading: str) -> list[float]:
    """How much of 100 yuan more help takes, of each household whose answers are settled."""
    change: dict[int, int] = defaultdict(int)
    torn, helped = set(), set()
    for rule in scenario.regular(pack, ON):
        if not scenario.pays(rule):
            continue
        sides = [plainly(homes, city, pack, rule.code, reading, more) for more in (False, True)]
        for n, now in sides[0].items():
            m, then = int(city.m[n]) if rule.subject == "person" else n, sides[1][n]
            change[m] += now[1] - then[1]
            if now[1] or then[1]:
                helped.add(m)
            if {now[0], then[0]} == {YES, UNKNOWN}:
                torn.add(m)
    return [change[m] / 100 for m in helped - torn if m in inside and homes[m][0].facts["hh_income_month"] is not None]


def assert_adds_up(rows: Any, total: Any) -> None:
    for name in ("before", "after", "gained", "lost", "up", "down", "cost_before", "cost_after"):
        assert sum(getattr(row, name) for row in rows) == getattr(total, name), name
    for row in rows:
        assert row.after == row.before + row.gained - row.lost


@settings(max_examples=some(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(urban=st.integers(850, 2000), rural=st.integers(690, 1800), reading=st.sampled_from(READINGS))
def test_a_higher_standard_takes_dibao_from_nobody(city: Everybody, urban: int, rural: int, reading: Any) -> None:
    changes = [Change("dibao_standard", "urban", str(urban)), Change("dibao_standard", "rural", str(rural))]
    told = whatif.compare(city, RULES, scenario.with_changes(RULES, changes, ON, CITY), ON, CITY, reading)
    dibao = next(one for one in told.programmes if one.code == "dibao")
    assert (dibao.total.lost, dibao.total.down) == (0, 0)
    assert dibao.total.cost_after >= dibao.total.cost_before and told.gap.left_after <= told.gap.left_before
    for rows in (dibao.places, dibao.bands, dibao.kinds):
        assert_adds_up(rows, dibao.total)


def test_nothing_changed_changes_nothing(city: Everybody) -> None:
    told = whatif.compare(city, RULES, RULES, ON, CITY, "roll")
    assert told.cost_before == told.cost_after and not any(one.affected for one in told.programmes)
    assert all(one.total.gained == one.total.lost == one.total.up == one.total.down == 0 for one in told.programmes)


def test_what_cannot_be_told_is_counted_apart_and_named(city: Everybody) -> None:
    told = whatif.compare(city, RULES, RULES, ON, CITY, "known")
    dibao = next(one for one in told.programmes if one.code == "dibao")
    everyone = told.households
    assert dibao.total.before + dibao.no + dibao.unknown == everyone
    assert "金融资产" in {one.label for one in dibao.missing} and dibao.unknown > 0
    assert all(one.count <= dibao.unknown for one in dibao.missing)


def test_a_place_of_the_city_adds_up_to_the_city(city: Everybody) -> None:
    other = scenario.with_changes(RULES, CHANGES, ON, CITY)
    whole = whatif.compare(city, RULES, other, ON, CITY, "roll").programmes[0]
    for county in whole.counties:
        if county.key.startswith(CITY):
            own = whatif.compare(city, RULES, other, ON, county.key, "roll").programmes[0]
            assert (own.total.after, own.total.cost_after) == (county.after, county.cost_after)
            assert_adds_up(own.places, own.total)


def test_a_household_loses_exactly_what_it_earns_where_the_gap_is_filled(city: Everybody) -> None:
    """Dibao fills the gap: of 100 yuan more, 100 are taken, rounding aside."""
    answers = [city.ask(RULES, RULES.programme("dibao", ON), ON, "roll", more=more) for more in (False, True)]
    both = answers[0].yes & answers[1].yes
    taken = (answers[0].amount - answers[1].amount)[both]
    assert both.sum() > 100 and set(taken.tolist()) == {10_000}
