"""Residents sign in by a code on their phone."""

import re

import pytest

import people
from doudi.office import queries as office
from doudi.registry import queries as registry

pytestmark = pytest.mark.django_db


def say(client, **said):
    granny = people.granny_wang()
    return client.post(
        "/my/sign-in/?next=/my/", {"name": granny.name, "number": granny.citizen_no, "phone": granny.phone, **said}
    )


def last_code():
    return re.search(r"\d{6}", office.outbox(limit=1)[0].body).group()


def test_the_code_on_her_own_phone_lets_her_in(client):
    assert say(client).url == "/my/sign-in/code/"
    answer = client.post("/my/sign-in/code/", {"code": last_code()})
    assert answer.url == "/my/"
    assert client.session["pid"] == people.granny_wang().pid


def test_a_stranger_with_her_number_gets_no_code_and_learns_nothing(client):
    right, wrong = say(client), say(client, phone="13700000000")
    assert (right.status_code, right.url) == (wrong.status_code, wrong.url)
    assert [row.phone for row in office.outbox()] == ["13912345678"]


def test_a_wrong_name_looks_the_same(client):
    assert say(client, name="王桂花").url == "/my/sign-in/code/"
    assert office.outbox() == []
    assert client.post("/my/sign-in/code/", {"code": "123456"}).status_code == 422


def test_the_last_four_are_enough_for_who_came_before(client):
    say(client, number=people.granny_wang().citizen_no[-4:])
    assert client.post("/my/sign-in/code/", {"code": last_code()}).status_code == 302


def test_numbers_are_read_as_people_write_them(client):
    number = people.granny_wang().citizen_no
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number[:6]) + " " + number[6:14] + "-" + number[14:].lower()
    say(client, number=wide, phone="139 1234 5678")
    assert len(office.outbox()) == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"number": "99010119480305022"}, "身份证号一共 18 位，您填了 17 位"),
        ({"number": ""}, "请写身份证号"),
        ({"phone": "1391234567"}, "手机号一共 11 位，您填了 10 位"),
        ({"name": ""}, "请写名字"),
    ],
)
def test_what_is_missing_is_said_twice_in_the_same_words_and_nothing_is_cleared(client, said, words):
    answer = say(client, **said)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert html.count(words) == 2
    assert "有地方没填好" in html.split("</title>")[0]
    assert (said.get("phone") or "13912345678") in html


def test_five_wrong_codes_void_the_right_one(client):
    say(client)
    code = last_code()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert client.post("/my/sign-in/code/", {"code": wrong}).status_code == 422
    assert client.post("/my/sign-in/code/", {"code": code}).status_code == 422


def test_too_many_codes_are_refused_in_words(client):
    for _ in range(3):
        say(client)
    answer = say(client)
    assert answer.status_code == 422
    assert "12345" in answer.content.decode()


def test_leaving_forgets_who_used_the_phone(client):
    say(client)
    client.post("/my/sign-in/code/", {"code": last_code()})
    client.post("/my/sign-out/")
    assert "pid" not in client.session


def test_signing_in_never_leads_to_another_site(client):
    granny = people.granny_wang()
    client.post(
        "/my/sign-in/?next=https://elsewhere.example/", {"name": granny.name, "number": granny.citizen_no, "phone": granny.phone}
    )
    assert client.post("/my/sign-in/code/", {"code": last_code()}).url == "/my/"
    assert registry.me(granny.pid).pid == granny.pid


def test_outside_a_demo_no_code_goes_to_a_phone_nobody_has_seen(client, settings):
    stranger = people.person("刘石头", people.date(1950, 3, 4), order=9)
    settings.FIRST_PHONE_TYPED = False
    known = {"name": stranger.name, "number": stranger.citizen_no, "phone": "13700000000"}
    assert client.post("/my/sign-in/", known).url == "/my/sign-in/code/"
    assert office.outbox() == []
    settings.FIRST_PHONE_TYPED = True
    client.post("/my/sign-in/", known)
    assert len(office.outbox()) == 1
