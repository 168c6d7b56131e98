"""The front door, on a phone, in large type, at a desk."""

import pytest

from web.browser import DESK, NARROW, PHONE, RULES, follow, picture, scrolls_sideways, small_targets, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.mark.parametrize("size", [NARROW, PHONE, DESK], ids=["320", "360", "1440"])
def test_home_can_be_used_by_everybody(open_browser, size):
    page = open_browser(size)
    page.goto("/")
    picture(page, f"home-{size['width']}")
    assert violations(page, [*RULES, "wcag2aaa"]) == []
    assert not scrolls_sideways(page)
    assert small_targets(page) == []


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
    assert violations(page) == []
    assert not scrolls_sideways(page)
    assert small_targets(page) == []
