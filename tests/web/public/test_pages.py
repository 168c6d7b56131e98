"""Every page for the public in a browser, in each of its states, in both modes."""

import pytest

import people
from web import staged
from web.browser import DESK, NARROW, PHONE, RULES, looked_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def addresses():
    """Each page with something on it."""
    wang = people.worker_wang()
    wang.phone = "0990-5550117"
    wang.save()
    case = staged.shown()
    return {
        "home": "/",
        "ask": "/ask/",
        "standards": "/standards/",
        "shown": "/shown/",
        "object": f"/shown/{case.ref}/",
        "figures": "/figures/",
        "helpers": "/helpers/",
        "village": f"/helpers/?area={people.VILLAGE}",
        "progress": "/progress/",
        "progress-case": f"/progress/{case.receipt}/",
        "sheet": "/sheet/",
        "demo": "/demo/",
        "sms": "/demo/sms/",
        "api": "/api/v1/docs",
        "login": "/desk/login/",
    }


def open_in(open_browser, live_server, mode):
    """A phone in this mode."""
    page = open_browser(PHONE)
    cookie = {"elder": ("elder", "1"), "english": ("django_language", "en")}.get(mode)
    if cookie:
        page.context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": live_server.url}])
    return page


@pytest.mark.parametrize("mode", ["phone", "elder", "english"])
def test_every_page_can_be_used_by_everybody(open_browser, live_server, monkeypatch, mode):
    staged.set_the_stage(monkeypatch)
    page = open_in(open_browser, live_server, mode)
    sizes = {"phone": PHONE, "narrow": NARROW, "desk": DESK} if mode == "phone" else {mode: PHONE}
    for name, address in addresses().items():
        page.goto(address)
        staff = name == "login"
        looked_at(
            page, f"public-{name}", sizes, rules=RULES if staff else [*RULES, "wcag2aaa"],
            fingers=() if staff or name == "api" else (NARROW, PHONE, DESK),
        )  # fmt: skip


@pytest.mark.parametrize("mode", ["phone", "elder"])
def test_answers_and_refusals_too(open_browser, live_server, monkeypatch, mode):
    staged.set_the_stage(monkeypatch)
    addresses()
    page = open_in(open_browser, live_server, mode)
    seen = {"sizes": {mode: PHONE}, "rules": [*RULES, "wcag2aaa"], "fingers": ()}
    page.goto("/ask/")
    page.get_by_role("button", name="看看能帮什么").click()
    page.locator("#errors:focus").wait_for()
    looked_at(page, "public-ask-missing", **seen)
    page.get_by_label("村里").check()
    page.get_by_label("几口人一起吃住").fill("2")
    page.get_by_label("全家一个月进多少钱").fill("700")
    page.get_by_label("都没有").check()
    page.get_by_role("button", name="看看能帮什么").click()
    page.get_by_role("heading", name="按您说的，可能够得上").wait_for()
    looked_at(page, "public-ask-result", **seen)
    page.goto("/progress/")
    page.get_by_role("button", name="看看").click()
    page.locator("#errors:focus").wait_for()
    looked_at(page, "public-progress-missing", **seen)


def test_a_page_that_is_not_there_helps(client):
    people.places()
    answer = client.get("/nowhere/")
    assert answer.status_code == 404 and "回首页" in answer.content.decode() and "12345" in answer.content.decode()


def test_the_paper_sheet_fits_one_page(open_browser, live_server):
    people.places()
    page = open_browser(DESK)
    page.goto("/sheet/")
    assert page.pdf(format="A4", prefer_css_page_size=True).count(b"/Type /Page\n") == 1


def test_printed_nothing_can_be_pressed(open_browser, live_server):
    people.places()
    page = open_browser(DESK)
    page.goto("/standards/")
    page.emulate_media(media="print")
    assert not page.locator(".bar").is_visible() and not page.locator(".foot").is_visible()
