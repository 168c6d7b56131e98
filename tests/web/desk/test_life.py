"""Rules with no life on the desk: what waits for data, what decides nothing; numbers only, for whoever may read rules."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

import people
from doudi.engine import cycle
from doudi.engine.lake import Lake
from doudi.policy import pack as packs
from engine.landed import KEY, ON, contracts
from engine.town import town
from web import staged
from web.browser import DESK, PHONE, looked_at, small_targets, violations

pytestmark = pytest.mark.django_db
PAGE = "/desk/rules/life/"


@pytest.fixture
def counted(settings, tmp_path: Path):
    """A published cycle of the town."""
    settings.LAKE = tmp_path / "lake"
    lake = Lake(settings.LAKE)
    return cycle.run(lake, contracts(), town(lake), packs.load(settings.PACKS), ON, key=KEY)


def test_it_says_what_waits_for_data_and_which_rules_wait(client, counted):
    words = staged.signed_in(client, people.officer_zhao()).get(PAGE).content.decode()
    assert "13 人" in words and "没有一个部门交来过" in words
    assert "家庭金融资产" in words or "hh_financial_assets" in words
    assert "谁都说不准" in words and "刘大山" not in words


def test_before_the_first_cycle_the_pack_alone_is_looked_at(client, settings, tmp_path):
    settings.LAKE = tmp_path / "nothing"
    words = staged.signed_in(client, people.officer_zhao()).get(PAGE).content.decode()
    assert "还没有算过数据" in words


def test_the_village_reads_no_rules(client):
    assert staged.signed_in(client, people.worker_wang()).get(PAGE).status_code == 403


def test_a_cycle_whose_objects_are_gone_is_said(client, counted, settings):
    for one in (settings.LAKE / "objects").rglob("*.parquet"):
        one.unlink()
    answer = staged.signed_in(client, people.officer_zhao()).get(PAGE)
    assert answer.status_code == 409 and "doudi cycle" in answer.content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_in_a_browser(open_browser, counted):
    people.officer_zhao()
    page = open_browser(PHONE)
    page.goto("/desk/login/")
    page.fill("[name=username]", "zhao")
    page.fill("[name=password]", "doudi-demo-2026")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    page.wait_for_load_state()
    page.goto(PAGE)
    assert violations(page) == []
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    looked_at(page, "life", fingers=(PHONE, DESK), targets=partial(small_targets, least=24))
