"""Permits, areas, four eyes, masks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.office import core
from doudi.office.core import NotAllowed, Role, Viewer
from people import CITY, COUNTY, OTHER_COUNTY, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE


def viewer(role: Role, area: str) -> Viewer:
    return Viewer(name="李敏", username="li", role=role, area=area, purpose="case.read")


@pytest.mark.parametrize("role", Role)
def test_a_misspelt_act_lets_nobody_in(role: Role) -> None:
    with pytest.raises(KeyError):
        core.may(role, "case.decied")
    with pytest.raises(KeyError):
        viewer(role, COUNTY).may("")


def test_an_unknown_role_may_nothing() -> None:
    with pytest.raises(ValueError, match="boss"):
        core.may("boss", "case.read")


def test_a_resident_has_no_act_of_a_clerk() -> None:
    assert not [act for act in core.ACTS if core.may(Role.RESIDENT, act)]


def test_every_act_has_words_and_somebody_who_may() -> None:
    for act, (label, roles) in core.ACTS.items():
        assert roles and label and not label.isascii(), act


def test_who_watches_or_looks_after_data_changes_no_case_and_no_payment() -> None:
    changing = ("case.accept", "case.propose", "case.decide", "payment.build", "payment.approve", "alert.dismiss", "check.answer")
    for act in changing:
        assert not core.may(Role.AUDITOR, act) and not core.may(Role.DATA, act)
    assert not core.may(Role.VILLAGE, "check.read")  # a report is never shown to the village (Law Art. 11)
    assert not core.may(Role.VILLAGE, "person.read")


AREAS = (CITY, COUNTY, OTHER_COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE)


def test_areas_hold_what_lies_in_them_and_nothing_else() -> None:
    holds = {(area, place) for area in AREAS for place in AREAS if core.contains(area, place)}
    assert holds == {
        *((CITY, place) for place in AREAS),
        *((COUNTY, place) for place in (COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE)),
        (OTHER_COUNTY, OTHER_COUNTY),
        (TOWNSHIP, TOWNSHIP),
        (TOWNSHIP, VILLAGE),
        (OTHER_TOWNSHIP, OTHER_TOWNSHIP),
        (VILLAGE, VILLAGE),
    }


@given(st.text(alphabet="0123456789", max_size=12))
def test_no_area_holds_nothing_and_no_place_lies_nowhere(code: str) -> None:
    assert not core.contains("", code)
    assert not core.contains(code, "")


def test_need_says_in_words_why_not() -> None:
    li = viewer(Role.TOWNSHIP, TOWNSHIP)
    li.need("case.accept", VILLAGE)
    with pytest.raises(NotAllowed, match="不能审核确认"):
        li.need("case.decide", VILLAGE)
    with pytest.raises(NotAllowed, match="不在您负责的地方"):
        li.need("case.accept", OTHER_TOWNSHIP)
    with pytest.raises(NotAllowed):
        li.need("case.accept", "")


def test_whoever_proposed_surveyed_or_accepted_does_not_decide() -> None:
    for earlier in ("case.propose", "case.survey", "case.accept"):
        assert core.clash("case.decide", [earlier, "case.show"]) == earlier
        assert core.clash(earlier, ["case.decide"]) == "case.decide"
    assert core.clash("payment.approve", ["payment.build"]) == "payment.build"
    assert core.clash("case.propose", ["case.accept", "case.survey"]) is None


def test_roles_that_control_each_other_are_not_one_persons() -> None:
    assert core.incompatible([Role.TOWNSHIP, Role.COUNTY])
    assert core.incompatible([Role.AUDITOR, Role.VILLAGE])
    assert core.incompatible([Role.DATA, Role.COUNTY])
    assert core.incompatible([Role.COUNTY, Role.DIRECTOR]) is None
    assert core.incompatible([Role.TOWNSHIP, Role.TOWNSHIP]) is None


@pytest.mark.parametrize(
    ("mask", "text", "shown"),
    [
        (core.mask_name, "周德顺", "周*顺"),
        (core.mask_name, "周顺", "周*"),
        (core.mask_name, "欧阳德顺", "欧**顺"),
        (core.mask_name, "周", "周"),
        (core.mask_name, "", ""),
        (core.mask_number, "990101194803050221", "990101********0221"),
        (core.mask_number, "1234", "****"),
        (core.mask_phone, "13912345678", "139****5678"),
        (core.mask_phone, "12345", "*****"),
        (core.mask_account, "6222020000008830", "************8830"),
        (core.mask_account, "8830", "****"),
    ],
)
def test_masks(mask: object, text: str, shown: str) -> None:
    assert mask(text) == shown  # type: ignore[operator]


@given(st.text(max_size=30))
def test_masks_keep_the_length_and_hide_something(text: str) -> None:
    for mask, least in ((core.mask_name, 2), (core.mask_number, 1), (core.mask_phone, 1), (core.mask_account, 1)):
        assert len(mask(text)) == len(text)
        assert len(text) < least or "*" in mask(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("990101194803050221", True),
        ('{"a":"99010119480305022X"}', True),
        ("打 13912345678", True),
        ("p3c6e0b8a9c15224a8228", False),
        ("990101001201", False),
        ("9" * 64, False),
        ("a13912345678", False),
        ("12345", False),
    ],
)
def test_numbers_of_people_are_seen(text: str, found: bool) -> None:
    assert core.names_a_person(text) == found
