"""The front door, on a phone, in large type, at a desk."""

import pytest

from web.browser import BOTH, DESK, NARROW, PHONE, RULES, follow, looked_at, picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_home_can_be_used_by_everybody(open_browser):
    page = open_browser(PHONE)
    page.goto("/")
    looked_at(page, "home", {"320": NARROW} | BOTH, rules=[*RULES, "wcag2aaa"], fingers=(NARROW, PHONE, DESK))


def test_elder_mode_is_remembered_and_has_fewer_things(open_browser):
    page = open_browser(PHONE, script=False)
    page.goto("/")
    follow(page.get_by_role("button", name="长辈版"))
    assert page.get_by_role("heading", level=1).inner_text() == "有难处，找我们"
    assert page.locator(".go").count() == 3
    picture(page, "home-elder")
    page.goto("/")
    assert "elder" in page.locator("html").get_attribute("class")


def test_elder_mode_can_be_used_by_everybody(open_browser):
    page = open_browser(NARROW)
    page.goto("/")
    follow(page.get_by_role("button", name="长辈版"))
    looked_at(page, "home-elder", {"320": NARROW})
