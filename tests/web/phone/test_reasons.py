"""The resident's reason sheets: only their own family's, other adults' data covered until they agree; one page on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import people
from doudi.monitoring import answers
from doudi.registry import queries as registry
from doudi.web.parts import reasons
from web import staged
from web.browser import DESK, NARROW, PHONE, PICTURES, RULES, looked_at, picture
from web.phone_login import carry_on, signed_in
from web.reasons import family

COVERED = "数字里有家里别的大人的"


@pytest.fixture
def home(monkeypatch, tmp_path, settings):
    """The family of the reason sheets, published."""
    return family(monkeypatch, tmp_path, settings)


@pytest.mark.django_db
def test_strangers_sign_in_first(client, home):
    for address in ("/my/reasons/", "/my/reasons/dibao/"):
        assert client.get(address).url.startswith("/my/sign-in/")


@pytest.mark.django_db
def test_what_is_another_adults_is_covered_until_they_agree(client, home, monkeypatch):
    signed_in(client, home.liu)
    words = client.get("/my/reasons/dibao/").content.decode()
    assert COVERED in words and "400 元" not in words and "由人决定" in words
    monkeypatch.setattr(registry, "consented", lambda pids, purpose, at: {home.chen} & set(pids))
    words = client.get("/my/reasons/dibao/").content.decode()
    assert COVERED not in words and "400 元" in words


@pytest.mark.django_db
def test_a_childs_sheet_is_the_familys_an_adults_is_their_own(client, home):
    signed_in(client, home.liu)
    assert client.get("/my/reasons/child_living/", {"for": home.bao}).status_code in (200, 404)
    assert client.get("/my/reasons/tekun/", {"for": home.bao}).status_code == 200
    assert client.get("/my/reasons/tekun/", {"for": home.chen}).status_code == 404
    assert client.get("/my/reasons/tekun/", {"for": "p" + "0" * 20}).status_code == 404
    for programme in ("dibo", "all"):
        assert client.get(f"/my/reasons/{programme}/").status_code == 404
    words = client.get("/my/reasons/").content.decode()
    assert f"for={home.chen}" not in words and f"for={home.bao}" in words and "按人给的帮助只给本人看" in words


@pytest.mark.django_db
def test_nothing_known_yet_is_said_kindly(client, home):
    granny = people.granny_wang()
    signed_in(client, granny.pid)
    for address in ("/my/reasons/", "/my/reasons/dibao/"):
        assert "现在算不了" in client.get(address).content.decode()


@pytest.mark.django_db
def test_in_english_the_frame_is_english_and_the_law_stays_as_written(client, home):
    signed_in(client, home.liu)
    client.post("/look/", {"language": "en", "next": "/"})
    words = client.get("/my/reasons/dibao/").content.decode()
    assert "a person decides" in words and "最低生活保障" in words
    assert "What may be within reach" in client.get("/my/reasons/").content.decode()


@pytest.mark.django_db
def test_query_counts(client, home, django_assert_num_queries):
    signed_in(client, home.liu)
    client.get("/my/reasons/")
    with django_assert_num_queries(11):
        client.get("/my/reasons/")
    with django_assert_num_queries(9):
        client.get("/my/reasons/dibao/")


# ---- in a browser -------------------------------------------------------------------------------------------------------


def pages(pdf):
    """How many sheets of paper."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def printed(page, name):
    """It fits on one sheet of paper."""
    page.emulate_media(media="print")
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    if PICTURES:
        (Path(PICTURES) / f"{name}.pdf").write_bytes(pdf)
    assert pages(pdf) == 1, name


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", ["phone", "elder"])
def test_on_every_screen_and_on_one_sheet_of_paper(open_browser, live_server, client, home, monkeypatch, mode):
    monkeypatch.setattr(registry, "consented", lambda pids, purpose, at: set(pids))
    page = open_browser(PHONE)
    if mode == "elder":
        page.context.add_cookies([{"name": "elder", "value": "1", "url": live_server.url}])
    carry_on(page, signed_in(client, home.liu), live_server)
    bare = open_browser(NARROW, script=False)
    carry_on(bare, client, live_server)
    client.get("/my/reasons/")  # the rules are read once, before the clock of the browser runs
    sizes = {"phone": PHONE, "desk": DESK} if mode == "phone" else {mode: PHONE}
    for name, address in (("reach", "/my/reasons/"), ("sheet", "/my/reasons/dibao/")):
        page.emulate_media(media="screen")
        page.set_viewport_size(PHONE)
        page.goto(address, timeout=60_000)
        looked_at(page, f"my-{name}", sizes, rules=[*RULES, "wcag2aaa"], fingers=(PHONE, DESK))
        printed(page, f"my-{name}-{mode}")
        if PICTURES:
            page.set_viewport_size({"width": 672, "height": 1000})  # the width of the paper between its margins
            picture(page, f"paper-{name}-{mode}")
        if mode == "phone":  # and without scripts, on the narrowest
            assert bare.goto(address, timeout=60_000).ok
            bare.get_by_role("heading", level=1).wait_for()
            picture(bare, f"my-{name}-narrow")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_clerks_sheet(open_browser, live_server, client, home):
    case = staged.surveyed()
    li = people.clerk_li()
    client.force_login(li)
    client.post(f"/desk/person/{home.liu}/", {"why": "asked"})
    page = open_browser(DESK)
    carry_on(page, client, live_server)
    base = f"/desk/person/{home.liu}/reasons/"
    for name, address in (
        ("reach", base), ("sheet", f"{base}dibao/"), ("then", f"{base}dibao/?known_on=2026-08-25&on=2026-07-01"),
        ("problem", f"{base}dibao/?known_on=2020-01-01"), ("case", f"/desk/cases/{case.ref}/reasons/"),
    ):  # fmt: skip
        page.emulate_media(media="screen")
        page.goto(address, timeout=60_000)
        looked_at(page, f"desk-{name}", {"phone": PHONE, "desk": DESK}, fingers=())
        if name != "problem":
            printed(page, f"desk-{name}")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_behind_the_picture(open_browser, home):
    page = open_browser(PHONE)
    page.goto(f"/sheet/reasons/{reasons.token(answers.ask(home.liu, 'dibao', at=staged.TODAY))}/")
    looked_at(page, "check", {"phone": PHONE}, rules=[*RULES, "wcag2aaa"], fingers=())
