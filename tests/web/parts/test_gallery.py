"""The gallery: every component, in the browser, in both modes."""

import pytest

from web.browser import BOTH, NARROW, RULES, looked_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_every_component_can_be_used_by_everybody(open_browser):
    page = open_browser()
    page.goto("/gallery/")
    looked_at(page, "gallery", {"320": NARROW} | BOTH, rules=[*RULES, "wcag2aaa"], fingers=())


def test_the_focus_is_where_reading_goes_on(open_browser):
    page = open_browser()
    page.goto("/gallery/")
    assert page.evaluate("document.activeElement.id") == "errors"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "id_name"


def test_a_name_on_the_sprite_is_never_missing():
    """An icon asked for and not drawn would be an empty square."""
    import re
    from pathlib import Path

    import doudi.web

    web = Path(doudi.web.__file__).parent
    drawn = set(re.findall(r'id="([a-z]+)"', (web / "static/img/sprite.svg").read_text()))
    asked = {name for path in web.rglob("*.html") for name in re.findall(r'{% icon "([a-z]+)"', path.read_text())}
    assert asked <= drawn
