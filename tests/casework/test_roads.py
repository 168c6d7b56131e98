"""Every programme's road: the table of moves can be walked, ends, and leaves out nothing the law demands."""

from pathlib import Path

import pytest

from doudi.casework import core
from doudi.casework.core import AlreadyDone, State, aloud
from doudi.office.core import ACTS, NotAllowed
from doudi.rulebook import queries as rulebook

ROADS = list(core.roads())


@pytest.mark.parametrize("programme", ROADS)
def test_a_move_leads_where_the_table_says_and_nowhere_else(programme):
    table = core.moves(programme)
    for act in {act for one in core.procedures().values() for act in one.moves}:
        for state in State:
            line = table.get(act)
            if line is not None and state in line.sources:
                assert core.move(programme, state, act) == line.target
            else:
                with pytest.raises(AlreadyDone if line is not None and state == line.target else NotAllowed):
                    core.move(programme, state, act)


@pytest.mark.parametrize("programme", ROADS)
def test_from_every_state_on_the_road_it_can_be_ended(programme):
    reached, waiting = set(), [State.SUBMITTED]
    while waiting:
        state = waiting.pop()
        if state not in reached:
            reached.add(state)
            waiting += [core.moves(programme)[act].target for act in core.moves_from(programme, state)]
    assert {state for state in reached if not core.moves_from(programme, state)} == core.CLOSED
    for state in reached:
        seen, waiting = {state}, [state]
        while waiting:
            for act in core.moves_from(programme, waiting.pop()):
                target = core.moves(programme)[act].target
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        assert seen & core.CLOSED, state
    for act, line in core.moves(programme).items():
        assert set(line.sources) & reached, act


@pytest.mark.parametrize("programme", ROADS)
def test_every_move_is_somebodys_and_names_its_article(programme):
    for act, line in core.moves(programme).items():
        assert line.by in (core.FAMILY, core.CLOCK) or line.by in ACTS, act
        assert line.permit_at("township") == "" or line.permit_at("township") in ACTS, act
        assert line.article and line.label, act
    assert all(one.article and one.label for one in core.road(programme).procedure.demands)


@pytest.mark.parametrize("programme", ROADS)
def test_nothing_that_weighs_on_a_family_is_moved_by_a_machine(programme):
    by_nobody = {act for act, line in core.moves(programme).items() if line.by == core.CLOCK}
    assert by_nobody <= {"end_showing"}
    family = {act for act, line in core.moves(programme).items() if line.by == core.FAMILY}
    assert family == {"supplement", "withdraw"}


# What the law asks of each road: (programmes, act, what must be there before it).
LAW = (
    ("dibao near_dibao rigid_expenditure single_person_dibao temporary_expenditure tekun", "propose", "visit check questions"),
    ("dibao near_dibao rigid_expenditure single_person_dibao temporary_expenditure tekun", "confirm", "shown own_visit"),
    ("dibao tekun unattended_child temporary_emergency", "refuse", "own_visit"),
    ("tekun", "propose", "self_care"),  # T43 Art. 21
    ("tekun", "confirm", "random_check"),  # T43 Art. 16
    ("orphan_benefit unattended_child", "propose", "visit check"),
    ("disability_living disability_nursing old_age_allowance", "propose", "check questions"),
)


@pytest.mark.parametrize(("programmes", "act", "wanted"), LAW)
def test_no_road_skips_what_the_law_demands(programmes, act, wanted):
    for programme in programmes.split():
        there = {one.code for one in core.road(programme).demands(act)}
        assert set(wanted.split()) <= there, programme


def test_children_and_the_suddenly_poor_never_stand_on_a_board():
    hidden = {code for code, road in core.roads().items() if not road.shows}
    assert {"orphan_benefit", "unattended_child", "temporary_emergency"} <= hidden
    assert {"dibao", "near_dibao", "tekun", "rigid_expenditure"}.isdisjoint(hidden)


@pytest.mark.django_db
def test_every_road_is_a_programme_of_the_rules_with_its_unit_and_its_numbers():
    pack = rulebook.pack()
    for code, road in core.roads().items():
        rule = pack.programmes[code][-1]
        assert rule.subject == ("household" if road.unit == "household" else "person"), code
        named = {road.standard, road.township_if, road.small, road.valid} - {""}
        assert named <= set(pack.parameters), code
        assert set(road.also) <= set(core.roads())


def test_the_limits_of_the_law_are_not_passed():
    for road in core.roads().values():
        assert road.clock["total_wd"] <= 30 and road.clock["extended_wd"] <= 45 and road.clock["delegated_wd"] <= 20
        assert road.clock["refusal_notice_wd"] <= 3 and road.clock["investigation_start_wd"] <= 3
        assert road.clock["publicity_days"] == (7 if road.shows else 0)
    assert core.road("tekun").clock["reassess_wd"] <= 10
    for code in ("orphan_benefit", "unattended_child"):
        assert core.road(code).clock["county_wd"] <= 15


def test_the_page_of_the_roads_is_not_stale():
    """Write it anew with `doudi roads --page > docs/reference/roads.md`."""
    assert Path("docs/reference/roads.md").read_text(encoding="utf-8") == aloud.page()


@pytest.mark.parametrize("programme", ROADS)
def test_a_road_is_read_aloud_in_whole_sentences(programme):
    told = aloud.sentences(core.road(programme))
    assert len(told) >= 10 and all(one.endswith("。") and "None" not in one for one in told)
