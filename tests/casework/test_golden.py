"""The golden cases of the fact sheet: asked for, taken in, found out by people, and answered by the rules through acts."""

from datetime import date

import pytest

import people
import walk
from doudi.casework import actions, queries
from doudi.casework.models import Case
from doudi.office import queries as office
from people import NOON

pytestmark = pytest.mark.django_db
STANDARD = {f"dibao_standard{kind}": 70000 for kind in ("", ":urban", ":rural")}

MUM, SON, WIFE, MAN = (date(1976, 5, 5), "2"), (date(2006, 3, 3), "1"), (date(1978, 1, 1), "2"), (date(1974, 1, 1), "1")
MAN_58, WOMAN_61 = (date(1968, 2, 2), "1"), (date(1965, 2, 2), "2")
BACHELOR, MASTER = {"student_stage": "bachelor"}, {"student_stage": "master"}
NO_SUPPORT = {"has_living_source": False, "has_supporter": False, "supporter_unable": True}
LIMB_2 = {"is_disabled": True, "disability_kind": "4", "disability_grade": 2}
HEARING_1 = {"is_disabled": True, "disability_kind": "2", "disability_grade": 1}
MIND_3 = {"is_disabled": True, "disability_kind": "6", "disability_grade": 3}
LIMB_3 = {"is_disabled": True, "disability_kind": "4", "disability_grade": 3}

# number, programme, who lives together (the first asks), the household's facts, whose facts by place, outcome, fen a month
GOLDEN = (
    (1, "dibao", (MUM, MAN, SON), {"hh_income_month": 120000}, {2: BACHELOR}, "yes", 90000),
    (2, "dibao", (MUM, MAN), {"hh_income_month": 140000}, {}, "no", None),
    (2, "near_dibao", (MUM, MAN), {"hh_income_month": 140000}, {}, "yes", None),
    (3, "dibao", (MUM, SON), {"hh_income_month": 50000}, {1: MASTER}, "unknown", None),
    (6, "single_person_dibao", (SON, MUM), {"hh_income_month": 180000}, {0: MIND_3 | {"own_income_month": 0}}, "yes", 70000),
    (7, "single_person_dibao", (SON, MUM), {"hh_income_month": 180000}, {0: LIMB_3 | {"has_serious_illness": False}}, "no", None),
    (8, "tekun", (MAN_58,), {}, {0: LIMB_2 | NO_SUPPORT | {"self_care_failed": 0}}, "yes", 109700),
    (9, "tekun", (MAN_58,), {}, {0: HEARING_1 | NO_SUPPORT}, "unknown", None),
    (10, "tekun", (WOMAN_61,), {}, {0: {"has_living_source": False, "supporter_unable": False}}, "no", None),
    (
        13,
        "rigid_expenditure",
        (MUM, MAN, SON, WIFE),
        {"hh_income_year": 12000000, "hh_rigid_outlay_year": 7000000},
        {},
        "yes",
        None,
    ),
)


@pytest.mark.parametrize(
    ("number", "programme", "home", "facts", "whose", "outcome", "fen"), GOLDEN, ids=[f"{one[0]}-{one[1]}" for one in GOLDEN]
)
def test_golden(sources, monkeypatch, number, programme, home, facts, whose, outcome, fen):
    case = begun(monkeypatch, programme, home)
    said = {"ref": case.ref, "reason": "上门问清楚了", "by": people.clerk_li(), "at": NOON}
    for name, value in facts.items():
        actions.settle_fact(name=name, value=value, **said)
    members = list(case.members.order_by("id"))
    for place, found in whose.items():
        for name, value in found.items():
            actions.settle_fact(name=name, value=value, member=members[place].ref, **said)

    page = queries.case(case.ref, office.viewer(people.clerk_li(), "case.read", NOON), at=NOON)

    assert (page.assessment.outcome, page.assessment.amount_fen) == (outcome, fen), page.assessment


def test_golden_14_at_another_ratio_the_same_spending_is_not_enough(sources, monkeypatch):
    case = begun(monkeypatch, "rigid_expenditure", (MUM, MAN, SON, WIFE), rigid_ratio=6 * ratio_scale() // 10)
    said = {"ref": case.ref, "reason": "看了收据", "by": people.clerk_li(), "at": NOON}
    actions.settle_fact(name="hh_income_year", value=12000000, **said)
    actions.settle_fact(name="hh_rigid_outlay_year", value=7000000, **said)
    page = queries.case(case.ref, office.viewer(people.clerk_li(), "case.read", NOON), at=NOON)
    assert page.assessment.outcome == "no"


def ratio_scale():
    from doudi.rulebook import queries as rulebook

    return rulebook.pack().parameters["rigid_ratio"].kind.scale


def begun(monkeypatch, programme, home, **changed):
    """The household asks; clerk Li takes it in, visits and settles what differs; the standard is 700 a head."""
    from doudi.policy.pack import Pack

    before = Pack.parameters_at
    monkeypatch.setattr(Pack, "parameters_at", lambda self, *args, **more: {**before(self, *args, **more), **STANDARD, **changed})
    people.places()
    folk = [people.person(f"金{chr(0x7532 + i)}", born, sex=sex, order=70 + i) for i, (born, sex) in enumerate(home)]
    people.household("h" + "7" * 20, *((one, "self" if not i else "other") for i, one in enumerate(folk)))
    case = walk.applied(folk[0].pid, programme=programme)
    li = people.clerk_li()
    for one in folk[1:]:
        actions.record_consent(ref=case.ref, pid=one.pid, channel="paper", by=li, at=NOON)
    actions.accept(ref=case.ref, by=li, at=NOON)
    walk.settled(case, NOON, li)
    return Case.objects.get(pk=case.pk)
