"""Every page for the public in a browser, in each of its states, in both modes."""

import pytest

import people
from web import staged
from web.browser import DESK, NARROW, PHONE, RULES, picture, scrolls_sideways, small_targets, violations

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


@pytest.mark.parametrize("mode", ["phone", "elder", "narrow", "desk", "english"])
def test_every_page_can_be_used_by_everybody(open_browser, live_server, monkeypatch, mode):
    staged.set_the_stage(monkeypatch)
    page = open_browser({"narrow": NARROW, "desk": DESK}.get(mode, PHONE))
    if mode == "elder":
        page.context.add_cookies([{"name": "elder", "value": "1", "url": live_server.url}])
    if mode == "english":
        page.context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    found = {}
    for name, address in addresses().items():
        page.goto(address)
        picture(page, f"public-{name}-{mode}")
        wrong = ["scrolls sideways"] if scrolls_sideways(page) else []
        if name not in ("login", "api"):
            wrong += small_targets(page)
        if mode in ("phone", "elder", "english"):
            wrong += violations(page, [*RULES, "wcag2aaa"] if name != "login" else RULES)
        if wrong:
            found[name] = wrong
    assert not found


@pytest.mark.parametrize("mode", ["phone", "elder"])
def test_answers_and_refusals_too(open_browser, live_server, monkeypatch, mode):
    staged.set_the_stage(monkeypatch)
    addresses()
    page = open_browser(PHONE)
    if mode == "elder":
        page.context.add_cookies([{"name": "elder", "value": "1", "url": live_server.url}])
    page.goto("/ask/")
    page.get_by_role("button", name="看看能帮什么").click()
    page.locator("#errors:focus").wait_for()
    picture(page, f"public-ask-missing-{mode}")
    assert violations(page, [*RULES, "wcag2aaa"]) == []
    page.get_by_label("村里").check()
    page.get_by_label("几口人一起吃住").fill("2")
    page.get_by_label("全家一个月进多少钱").fill("700")
    page.get_by_label("都没有").check()
    page.get_by_role("button", name="看看能帮什么").click()
    page.get_by_role("heading", name="按您说的，可能够得上").wait_for()
    picture(page, f"public-ask-result-{mode}")
    assert violations(page, [*RULES, "wcag2aaa"]) == [] and not scrolls_sideways(page)
    page.goto("/progress/")
    page.get_by_role("button", name="看看").click()
    page.locator("#errors:focus").wait_for()
    picture(page, f"public-progress-missing-{mode}")
    assert violations(page, [*RULES, "wcag2aaa"]) == []


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
