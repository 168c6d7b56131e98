"""People and households: brought in once, corrected beside the register, consent given and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.registry import actions, queries
from doudi.registry.core import Purpose, RegisterHousehold, RegisterMember, RegisterPerson, age_on
from doudi.registry.gateways import register
from doudi.registry.models import Consent, Household, Member, Person
from people import (
    HALL,
    NOON,
    VILLAGE,
    auditor_chen,
    clerk_li,
    clerk_sun,
    grandson_wang,
    granny_wang,
    number_of,
    officer_zhao,
    pid_of,
    places,
    uncle_zhou,
    worker_wang,
)

pytestmark = pytest.mark.django_db
HID = "h" + "7" * 20
NUMBERS = {"刘大山": number_of(VILLAGE, date(1955, 5, 5), 11), "陈秀": number_of(VILLAGE, date(1958, 8, 8), 22)}
TOM = RegisterPerson(pid_of("x"), "刘大山", NUMBERS["刘大山"], "1", date(1955, 5, 5), VILLAGE)
WIFE = RegisterPerson("p" + "8" * 20, "陈秀", NUMBERS["陈秀"], "2", date(1958, 8, 8), VILLAGE)
NAMELESS = RegisterPerson("x" + "9" * 20, "刘小", "", "0", None, VILLAGE)
HOME = RegisterHousehold(
    HID, VILLAGE, (RegisterMember(TOM, "self"), RegisterMember(WIFE, "spouse"), RegisterMember(NAMELESS, "son"))
)


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[RegisterHousehold]:
    """A published register of one household; a test may put another in its place."""
    places()
    known = [HOME]

    def people() -> list[RegisterPerson]:
        return [one.person for home in known for one in home.members]

    def household_of(subject: str) -> RegisterHousehold | None:
        return next((home for home in known if subject == home.hid or subject in {one.person.pid for one in home.members}), None)

    monkeypatch.setattr(register, "household_of", household_of)
    monkeypatch.setattr(register, "person", lambda pid: next((one for one in people() if one.pid == pid), None))
    monkeypatch.setattr(
        register, "by_number", lambda number: next((one for one in people() if one.citizen_no == number != ""), None)
    )
    monkeypatch.setattr(register, "facts", lambda subject: {"age": 71, "hh_members": 3})
    row = {"dataset": "hukou", "batch": 1, "row_no": 5, "as_of": date(2026, 6, 30), "values": {"name": "刘大山"}}
    row |= {"role": "", "how": "number"}
    monkeypatch.setattr(register, "everything", lambda pid: [row])
    return known


def acts(subject: str) -> list[str]:
    return [line.act for line in office.journal_of(subject)]


# ---- bringing in --------------------------------------------------------------------------------------------------------


def test_a_household_comes_in_whole_sealed_and_once(published: list[RegisterHousehold]) -> None:
    home = actions.bring_in(subject=TOM.pid, by=clerk_li(), at=NOON)
    again = actions.bring_in(subject=HID, by=clerk_li(), at=NOON)
    assert home == again and acts(HID) == ["registry.bring_in"]
    kept = Person.objects.get(pid=TOM.pid)
    assert (kept.name, kept.citizen_no, kept.masked_name) == ("刘大山", TOM.citizen_no, "刘*山")
    assert Member.objects.filter(household=home).count() == 3 and Person.objects.get(pid=NAMELESS.pid).number_blind == ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, citizen_no FROM registry_person")
        stored = b"".join(bytes(value) for row in cursor.fetchall() for value in row)
    assert "刘大山".encode() not in stored and TOM.citizen_no.encode() not in stored


def test_the_journal_line_of_bringing_in_names_nobody(published: list[RegisterHousehold]) -> None:
    actions.bring_in(subject=HID, by=HALL, at=NOON)
    assert office.journal_of(HID)[0].detail == {"area": VILLAGE, "members": 3, "new": True}


def test_a_clerk_brings_in_only_where_they_work(published: list[RegisterHousehold]) -> None:
    for by in (clerk_sun(), auditor_chen()):
        with pytest.raises(NotAllowed):
            actions.bring_in(subject=HID, by=by, at=NOON)
    assert not Person.objects.exists() and not Household.objects.exists()
    for by in (worker_wang(), clerk_li(), officer_zhao(), Party.resident(TOM.pid)):
        actions.bring_in(subject=HID, by=by, at=NOON)


def test_when_the_register_changes_what_it_said_before_is_kept(published: list[RegisterHousehold]) -> None:
    actions.bring_in(subject=HID, by=HALL, at=NOON)
    published[0] = replace(HOME, members=(*HOME.members[:1], RegisterMember(WIFE, "other")))
    later = NOON + timedelta(days=40)
    actions.bring_in(subject=HID, by=HALL, at=later)
    versions = list(Member.objects.filter(person_id=WIFE.pid).order_by("id").values_list("relation", "from_on", "to_on"))
    assert versions == [("spouse", date(2026, 7, 1), date(2026, 8, 10)), ("other", date(2026, 8, 10), None)]
    assert [one.pid for one in queries.my_household(HID).members] == [TOM.pid, WIFE.pid]
    assert acts(HID) == ["registry.bring_in"] * 2


def test_nobody_unknown_is_brought_in(published: list[RegisterHousehold]) -> None:
    with pytest.raises(queries.NotKnown):
        actions.bring_in(subject="h" + "0" * 20, by=HALL, at=NOON)


def test_one_number_is_one_person() -> None:
    granny = granny_wang()
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(
            pid="p" + "5" * 20, name="王桂兰", masked_name="王*兰", citizen_no=granny.citizen_no,
            number_blind=granny.number_blind, area=VILLAGE, kept_at=NOON, kept_by="system:hall",
        )  # fmt: skip


# ---- what people say ----------------------------------------------------------------------------------------------------


def test_what_is_said_stands_beside_what_the_register_says() -> None:
    granny, boy = granny_wang(), grandson_wang()
    hid = queries.my_household(granny.pid).hid
    actions.correct_member(hid=hid, pid=boy.pid, together=False, by=Party.resident(granny.pid), at=NOON)
    found = {one.pid: one for one in queries.my_household(granny.pid).members}
    assert (found[boy.pid].register_says, found[boy.pid].said, found[boy.pid].together, found[boy.pid].differs) == (
        True, False, False, True,
    )  # fmt: skip
    assert (found[granny.pid].said, found[granny.pid].together, found[granny.pid].differs) == (None, True, False)
    actions.correct_member(hid=hid, pid=boy.pid, together=True, by=clerk_li(), at=NOON + timedelta(days=1))
    assert queries.my_household(hid).members[1].together
    assert Member.objects.filter(person=boy).count() == 3 and acts(hid) == ["registry.correct_member"] * 2


def test_nobody_corrects_another_household() -> None:
    granny, uncle = granny_wang(), uncle_zhou()
    hid = queries.my_household(granny.pid).hid
    for by in (Party.resident(uncle.pid), clerk_sun(), worker_wang(), auditor_chen()):
        with pytest.raises(NotAllowed):
            actions.correct_member(hid=hid, pid=granny.pid, together=False, by=by, at=NOON)
    with pytest.raises(queries.NotKnown):
        actions.correct_member(hid=hid, pid=uncle.pid, together=True, by=Party.resident(granny.pid), at=NOON)
    with pytest.raises(queries.NotKnown):
        actions.correct_member(hid="h" + "0" * 20, pid=granny.pid, together=True, by=HALL, at=NOON)
    assert Member.objects.filter(source="said").count() == 0


def test_phone_and_account_are_kept_sealed_and_only_by_who_may() -> None:
    granny, uncle = granny_wang(), uncle_zhou()
    actions.keep_contact(pid=granny.pid, phone="13700000000", account="6222020000008830", by=Party.resident(granny.pid), at=NOON)
    actions.keep_contact(pid=granny.pid, account="6222020000001234", by=clerk_li(), at=NOON)
    me = queries.me(granny.pid)
    assert (me.phone, me.masked_phone, me.masked_account) == ("13700000000", "137****0000", "************1234")
    line = office.journal_of(granny.pid)[-1]
    assert line.detail == {"changed": ["account"]}
    for by in (Party.resident(uncle.pid), clerk_sun(), auditor_chen()):
        with pytest.raises(NotAllowed):
            actions.keep_contact(pid=granny.pid, phone="1", by=by, at=NOON)
    with pytest.raises(queries.NotKnown):
        actions.keep_contact(pid="p" + "0" * 20, phone="1", by=HALL, at=NOON)


# ---- consent ------------------------------------------------------------------------------------------------------------


def give(pid: str, by: object = None, **more: object) -> Consent:
    return actions.consent(
        pid=pid, purpose=Purpose.VERIFICATION, sources=["income", "deposit"], channel="phone",
        by=by or Party.resident(pid), at=NOON, **more,
    )  # type: ignore[arg-type]  # fmt: skip


def test_consent_is_given_for_one_purpose_and_taken_back_as_easily() -> None:
    granny = granny_wang()
    given = give(granny.pid)
    assert queries.consented([granny.pid], Purpose.VERIFICATION, NOON) == {granny.pid}
    assert queries.consented([granny.pid], Purpose.REFERRAL, NOON) == set()
    assert queries.consented([granny.pid], Purpose.VERIFICATION, NOON - timedelta(seconds=1)) == set()
    evening = NOON + timedelta(hours=6)
    actions.withdraw(ref=given.ref, by=Party.resident(granny.pid), at=evening)
    assert queries.consented([granny.pid], Purpose.VERIFICATION, evening) == set()
    assert queries.consented([granny.pid], Purpose.VERIFICATION, NOON) == {granny.pid}  # checks made before stay valid
    row = queries.consents(granny.pid)[0]
    assert (row.sources, row.withdrawn_at, row.purpose.label) == (("deposit", "income"), evening, "核对家庭经济状况")
    assert queries.consents(granny.pid, in_force=True) == [] == queries.consents(granny.pid, purpose=Purpose.REFERRAL)
    with pytest.raises(actions.AlreadyWithdrawn):
        actions.withdraw(ref=given.ref, by=Party.resident(granny.pid), at=evening)
    with pytest.raises(queries.NotKnown):
        actions.withdraw(ref="k0", by=HALL, at=evening)
    assert acts(granny.pid) == ["registry.consent", "registry.withdraw"]


def test_nobody_consents_for_another_but_the_guardian_and_the_clerk_who_writes_it_down() -> None:
    granny, boy, uncle = granny_wang(), grandson_wang(), uncle_zhou()
    with pytest.raises(NotAllowed, match="自己的事"):
        give(boy.pid, by=Party.resident(granny.pid))
    given = give(boy.pid, by=Party.resident(granny.pid), guardian=granny.pid)
    give(granny.pid, by=worker_wang())
    for by in (Party.resident(uncle.pid), clerk_sun(), auditor_chen()):
        with pytest.raises(NotAllowed):
            give(boy.pid, by=by, guardian=granny.pid)
        with pytest.raises(NotAllowed):
            actions.withdraw(ref=given.ref, by=by, at=NOON)
    actions.withdraw(ref=given.ref, by=Party.resident(granny.pid), at=NOON)


def test_half_a_withdrawal_is_refused_by_the_database() -> None:
    given = give(granny_wang().pid)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(ref=given.ref).update(withdrawn_at=NOON)


# ---- finding and signing in ---------------------------------------------------------------------------------------------


def test_signing_in_needs_name_and_number_and_never_says_which_was_wrong(published: list[RegisterHousehold]) -> None:
    granny = granny_wang()
    assert queries.sign_in(" 王桂兰 ", granny.citizen_no.lower()) == granny.pid
    assert queries.sign_in("王桂兰", granny.citizen_no[-4:]) == granny.pid
    assert queries.sign_in("刘大山", TOM.citizen_no) == TOM.pid  # only in the register so far
    for name, number in (
        ("王桂花", granny.citizen_no),
        ("王桂花", granny.citizen_no[-4:]),
        ("刘大山", TOM.citizen_no[-4:]),
        ("王桂兰", number_of(VILLAGE, date(1948, 3, 5), 44)),
        ("王桂兰", ""),
        ("刘小", ""),
        ("", ""),
    ):
        assert queries.sign_in(name, number) is None


def test_two_people_of_one_name_and_ending_do_not_sign_in_by_the_ending() -> None:
    granny = granny_wang()
    Person.objects.create(
        pid="p" + "5" * 20, name="王桂兰", masked_name="王*兰", citizen_no="", short_blind=granny.short_blind, area=VILLAGE,
        kept_at=NOON, kept_by="system:hall",
    )  # fmt: skip
    assert queries.sign_in("王桂兰", granny.citizen_no[-4:]) is None


def test_a_search_finds_who_lives_here_and_nobody_else(published: list[RegisterHousehold]) -> None:
    granny, here, there = granny_wang(), office.viewer(clerk_li(), "x", NOON), office.viewer(clerk_sun(), "x", NOON)
    assert here and there
    found = queries.find_by_number(granny.citizen_no, here)
    assert found and (found.pid, found.name, found.area_label) == (granny.pid, "王*兰", "石磨村")
    assert queries.find_by_number(TOM.citizen_no, here).name == "刘*山"  # type: ignore[union-attr]
    assert queries.find_by_number(granny.citizen_no, there) is None is queries.find_by_number(TOM.citizen_no, there)
    assert queries.find_by_number(number_of(VILLAGE, date(1900, 1, 1), 1), here) is None


def test_a_person_page_holds_everything_with_its_source(published: list[RegisterHousehold]) -> None:
    li = office.viewer(clerk_li(), "x", NOON)
    assert li
    page = queries.person_page(TOM.pid, li)
    assert (page.person.name, page.person.kept, page.person.age(date(2026, 7, 1))) == ("刘大山", False, 71)
    assert page.household and [one.name for one in page.household.members] == ["刘大山", "陈秀", "刘小"]
    assert (page.rows[0].dataset, page.rows[0].row_no, page.facts["age"]) == ("hukou", 5, 71)
    actions.bring_in(subject=TOM.pid, by=HALL, at=NOON)
    give(TOM.pid)
    page = queries.person_page(TOM.pid, li)
    assert page.person.kept and page.household and page.household.kept and len(page.consents) == 1


def test_a_person_page_costs_few_queries(published: list[RegisterHousehold], django_assert_max_num_queries: object) -> None:
    li = office.viewer(clerk_li(), "x", NOON)
    actions.bring_in(subject=TOM.pid, by=HALL, at=NOON)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        queries.person_page(TOM.pid, li)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(2004, 2, 29), date(2026, 2, 28), 21),
        (date(2004, 2, 29), date(2026, 3, 1), 22),
        (date(1948, 3, 5), date(2026, 3, 4), 77),
        (date(1948, 3, 5), date(2026, 3, 5), 78),
        (None, date(2026, 3, 5), None),
    ],
)
def test_ages(born: date | None, on: date, age: int | None) -> None:
    assert age_on(born, on) == age
