"""A check of one household: never without a basis, every source's own answer, silence never read as nothing."""

from datetime import date, timedelta

import pytest

import people
import walk
from doudi.exchange import queries as exchange
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, Role
from doudi.registry import actions as registry
from doudi.registry.core import Purpose
from doudi.verification import actions, core, queries
from doudi.verification.core import Asked, Basis, Ended, NoBasis
from doudi.verification.gateways import lake
from doudi.verification.models import Answer, Authorisation, Check
from people import NOON
from signed import ordered, sign

pytestmark = pytest.mark.django_db
SOURCES = [one.dataset for one in core.asked_datasets()]


def agreed(person, **more):
    return sign(person, **more)


def asked(person, by=None, **more):
    given = {"basis": Basis.CONSENT, "sources": SOURCES, "people": [Asked(person.pid, person.name, True)]} | more
    return actions.request(subject="case", area=person.area, programme="dibao", by=by or people.clerk_li(), at=NOON, **given)


def said(check):
    return {row.dataset: row.said for row in queries.answers(check.ref)}


def test_each_source_answers_for_itself_with_its_row(sources):
    granny = people.granny_wang()
    agreed(granny)
    sources.row(granny.pid, "vehicle", plate="禾A1", **{"class": "car"}, first_registered=date(2015, 5, 1), status="normal")

    check = asked(granny)

    answers = said(check)
    assert answers.pop("vehicle") == "found" and set(answers.values()) == {"nothing"} and len(answers) == len(SOURCES) - 1
    item = next(row for row in queries.answers(check.ref) if row.said == "found").items[0]
    assert (item.dataset, item.batch, item.row_no, item.as_of) == ("vehicle", 7, 1, walk.AS_OF)
    assert item.words == "号牌号码 禾A1；车辆类型 小型轿车；初次登记日期 2015-05-01；状态 正常"


def test_silence_is_not_nothing(sources):
    granny = people.granny_wang()
    agreed(granny)
    del sources.as_of["deposit"]
    sources.as_of["business"] = date(2025, 1, 31)

    found = {row.dataset: row for row in queries.answers(asked(granny).ref)}

    assert (found["deposit"].said, found["business"].said) == ("no_answer", "stale")
    assert "还没有送来" in found["deposit"].why and "太旧" in found["business"].why
    report = queries.check(Check.objects.get().ref, office.viewer(people.clerk_li(), "check.read", NOON), on=NOON.date())
    assert (report.silent, report.answered) == (2, len(SOURCES) - 2)


def test_before_a_register_is_published_nobody_answered(sources, monkeypatch):
    granny = people.granny_wang()
    agreed(granny)
    monkeypatch.setattr("doudi.verification.gateways.lake.delivered", dict)

    assert set(said(asked(granny)).values()) == {"no_answer"}


def test_one_silent_source_makes_the_household_line_silent_and_keeps_what_was_found(sources):
    granny, boy = people.granny_wang(), people.grandson_wang()
    agreed(granny, household=[granny, boy])
    agreed(boy, household=[granny, boy], guardian=granny)
    sources.row(granny.pid, "deposit", balance_date=date(2026, 6, 20), balance=500000)
    del sources.as_of["deposit"]

    check = asked(granny, people=[Asked(granny.pid, "王桂兰", True), Asked(boy.pid, "王小宝", False, granny.pid)])
    page = queries.check(check.ref, office.viewer(people.clerk_li(), "check.read", NOON), on=NOON.date())

    line = next(one for one in page.sources if one.dataset == "deposit")
    assert line.said == "no_answer" and line.found == 1 and "5,000 元" in line.items[0][1].words


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("nobody signed", "no_authorisation"),
        ("only said yes", "no_authorisation"),
        ("signed later", "no_authorisation"),
        ("signed for another case", "no_authorisation"),
        ("signed as a supporter", "no_authorisation"),
        ("signed for something else", "wrong_purpose"),
        ("signed for fewer sources", "wrong_sources"),
        ("took it back", "withdrawn"),
        ("took the plain yes back", "withdrawn"),
        ("ran out", "expired"),
        ("the application failed", "expired"),
        ("somebody moved in", "members_changed"),
        ("nobody asked about", "nothing_asked"),
        ("duty without order", "no_order"),
        ("duty with an order nobody wrote", "no_order"),
        ("consent with an order", "no_order"),
    ],
)
def test_no_basis_no_check(sources, how, reason):
    granny, boy, more = people.granny_wang(), people.grandson_wang(), {}
    me = Party.resident(granny.pid)
    if how == "only said yes":
        registry.consent(pid=granny.pid, purpose=Purpose.VERIFICATION, sources=SOURCES, channel="screen", by=me, at=NOON)
    elif how == "signed later":
        agreed(granny, at=NOON + timedelta(days=1))
    elif how == "signed for another case":
        agreed(granny, subject="another")
    elif how == "signed as a supporter":
        agreed(granny, role="supporter")
    elif how == "signed for something else":
        agreed(granny, programme="near_dibao")
    elif how == "signed for fewer sources":
        Authorisation.objects.filter(pk=agreed(granny).pk).update(datasets=["vehicle"])
    elif how == "took it back":
        actions.withdraw_authorisation(number=agreed(granny).number, explained=True, by=me, at=NOON)
    elif how == "took the plain yes back":
        registry.withdraw(ref=agreed(granny).consent, by=me, at=NOON)
    elif how == "ran out":
        agreed(granny, at=NOON - timedelta(days=366))
    elif how == "the application failed":
        agreed(granny)
        actions.end_authorisations(subject="case", why=Ended.REFUSED, by=people.HALL, at=NOON)
    elif how == "somebody moved in":
        agreed(granny)
        agreed(boy, household=[granny, boy], guardian=granny)
        more = {"people": [Asked(granny.pid, "王桂兰", True), Asked(boy.pid, "王小宝", False, granny.pid)]}
    elif how == "nobody asked about":
        more = {"people": []}
    elif how.startswith("duty"):
        more = {"basis": Basis.STATUTORY_DUTY, "task_order": "RW2026000099" if "nobody wrote" in how else ""}
    elif how == "consent with an order":
        agreed(granny)
        more = {"task_order": ordered().number}

    with pytest.raises(NoBasis) as refused:
        asked(granny, **more)
    assert refused.value.reason == reason and str(refused.value)
    assert not Check.objects.exists() and not Answer.objects.exists()


def test_a_minor_needs_a_guardian_who_signed(sources):
    boy = people.grandson_wang()
    agreed(boy)

    with pytest.raises(NoBasis, match="王小宝") as refused:
        asked(boy, people=[Asked(boy.pid, "王小宝", False, people.granny_wang().pid)])
    assert refused.value.reason == "no_guardian"


def test_duty_with_its_order_needs_no_consent(sources):
    check = asked(people.granny_wang(), basis=Basis.STATUTORY_DUTY, task_order=ordered().number)

    assert check.number.startswith("HD2026") and [line.act for line in office.journal_of("case")] == ["verification.request"]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.RESIDENT])
@pytest.mark.parametrize("area", [people.COUNTY, people.TOWNSHIP, people.OTHER_COUNTY, people.OTHER_TOWNSHIP])
def test_who_asks_and_who_reads_a_report(sources, role, area):
    granny = people.granny_wang()
    agreed(granny)
    check, here = asked(granny), area in (people.COUNTY, people.TOWNSHIP)
    clerk = people.clerk(f"{role}{area}", "某人", role, area)

    if here and role in (Role.TOWNSHIP, Role.COUNTY):
        asked(granny, by=clerk)
    else:
        with pytest.raises(NotAllowed):
            asked(granny, by=clerk)
    viewer = office.viewer(clerk, "check.read", NOON)
    if here and role in (Role.TOWNSHIP, Role.COUNTY, Role.VERIFICATION, Role.AUDITOR):
        assert queries.check(check.ref, viewer, on=NOON.date()).people == ("王桂兰",)
    else:
        with pytest.raises(NotAllowed):
            queries.check(check.ref, viewer, on=NOON.date())


def test_a_check_is_good_for_as_long_as_the_rules_say(sources):
    granny = people.granny_wang()
    agreed(granny)
    check, viewer = asked(granny), office.viewer(people.clerk_li(), "check.read", NOON)

    assert queries.check(check.ref, viewer, on=NOON.date() + timedelta(days=90)).is_valid
    assert not queries.check(check.ref, viewer, on=NOON.date() + timedelta(days=91)).is_valid


def test_every_rhythm_of_a_contract_has_an_age_after_which_silence_says_nothing():
    assert {contract.rhythm for contract in exchange.contracts().values()} <= set(core.FRESH_DAYS)
    assert {one.dataset for one in core.asked_datasets()} <= set(exchange.contracts())


def test_a_marriage_is_read_from_the_side_of_whom_it_is_about(monkeypatch):
    values = {"event": "marriage", "citizen_no": "1", "name": "甲", "spouse_no": "2", "spouse_name": "乙"}
    kept = {"dataset": "marriage", "batch": 1, "row_no": 1, "as_of": walk.AS_OF, "values": values}
    rows = [{**kept, "role": ""}, {**kept, "role": "spouse"}, {**kept, "role": "informant"}]
    monkeypatch.setattr("doudi.verification.gateways.lake.Lookup.everything", lambda self, pid: rows)

    own, other = lake.rows_of("p")

    assert (own["values"]["spouse_name"], other["values"]["spouse_name"], other["values"]["name"]) == ("乙", "甲", "乙")
