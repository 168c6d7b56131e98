"""A director tries a higher standard, at a desk and on a phone, with and without scripts."""

from __future__ import annotations

from typing import Any

import pytest

import people
from doudi.office.core import Role
from engine.unit_city import judged
from journeys.test_staff_roads import look
from web.browser import DESK
from web.desk_login import sign_in

pytestmark = [pytest.mark.lake, pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def director(sources: Any, settings: Any) -> str:
    settings.LAKE = judged()[0].root
    people.clerk("zhou", "周主任", Role.DIRECTOR, people.CITY)
    return "zhou"


def test_a_higher_standard_is_tried_and_the_answer_can_be_read(open_browser: Any, director: str) -> None:
    page = open_browser(DESK)
    page.set_default_timeout(60_000)
    sign_in(page, director)
    page.goto("/desk/whatif/")
    look(page, "whatif-form")
    page.get_by_label("方案一：低保标准（每人每月）（城镇）").fill("1000")
    page.get_by_label("方案二：低保标准（每人每月）（农村）").fill("800")
    page.get_by_role("button", name="算一算").click()
    page.get_by_role("heading", name="谁会变").wait_for()
    page.locator(".rates").wait_for()  # asked once more, after the rest
    assert page.get_by_label("方案一：低保标准（每人每月）（城镇）").input_value() == "1000"
    look(page, "whatif-answer")
    page.get_by_role("link", name="特困人员救助供养").click()
    page.get_by_role("heading", name="特困人员救助供养：变在哪里").wait_for()
    with page.expect_download() as saved:
        page.get_by_role("link", name="下载表格（CSV）").click()
    assert saved.value.suggested_filename.endswith(".csv")
    page.get_by_label("方案一：低保标准（每人每月）（城镇）").fill("很多")
    page.get_by_role("button", name="算一算").click()
    page.get_by_role("heading", name="这个数没法试").wait_for()
    look(page, "whatif-problem")


def test_without_scripts_everything_is_still_there(open_browser: Any, director: str) -> None:
    page = open_browser(script=False)
    page.set_default_timeout(60_000)
    sign_in(page, director)
    page.goto("/desk/whatif/?a.dibao_standard.urban=1000")
    page.get_by_role("link", name="打开看").click()
    page.get_by_role("heading", name="再多挣 100 元，能剩下多少").wait_for()
    assert page.get_by_text("减 80%–100%").count() == 2
