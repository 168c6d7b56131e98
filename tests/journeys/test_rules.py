"""The law changed without a programmer, in a browser, looked at on a phone too: a weight, and a warning written as one types."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import people
from doudi.engine.lake import Lake
from doudi.exchange import queries as exchange
from doudi.monitoring import jobs
from doudi.monitoring.models import Alert
from doudi.office.core import Role
from doudi.office.models import JournalEntry
from engine.landed import FAR_VILLAGE, person
from engine.town import HUKOU, TOWN, no, town
from journeys.test_staff_roads import look, signed_in
from web import staged
from web.browser import follow

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FAMILIES = 14


def pairs() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Couples who both hold a certificate of a light grade: one point short of the warning. Two more couples live elsewhere."""
    register, certificates = [], []
    for n in range(FAMILIES + 2):
        more = {} if n < FAMILIES else {"area_code": FAR_VILLAGE}
        for order, relation in ((101 + 4 * n, "self"), (102 + 4 * n, "spouse")):
            name = f"郑{'甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳'[n]}{'男' if order % 2 else '女'}"
            register.append(person(name, "19700404", order, f"P{n}", relation, **more))
            certificates.append(
                {
                    "certificate_no": f"{no('19700404', order)}43", "citizen_no": no("19700404", order), "name": name,
                    "disability_kind": "4", "grade": "3", "status": "valid", "issued_date": date(2024, 6, 1),
                }
            )  # fmt: skip
    return register, certificates


@pytest.fixture
def cycle(sources, tmp_path, settings, monkeypatch):
    """A cycle of last month, over the town and the couples."""
    settings.LAKE = tmp_path / "lake"
    register, certificates = pairs()
    loads = town(
        Lake(settings.LAKE),
        hukou=[*HUKOU, *register],
        disability_certificate=[*TOWN["disability_certificate"], *certificates],
    )
    monkeypatch.setattr(exchange, "current_loads", lambda on, snapshot="": loads)
    return jobs.evaluate(date(2026, 7, 31))


def found(day: date) -> int:
    """How many homes of the county the warning stands for after a cycle of a day."""
    jobs.evaluate(day)
    return Alert.objects.filter(indicator="A01", state="open", area__startswith=people.COUNTY).count()


def test_a_county_finds_more_from_the_day_its_director_said_yes(open_browser, cycle):
    before = Alert.objects.filter(indicator="A01", area__startswith=people.COUNTY).count()
    people.officer_zhao()
    people.clerk("jiang", "江涛", Role.DIRECTOR, people.CITY)
    zhao = signed_in(open_browser, "zhao")
    follow(zhao.get_by_role("link", name="规则").first)
    look(zhao, "rules")
    zhao.goto("/desk/rules/?by=number")
    look(zhao, "rules-numbers")

    zhao.goto("/desk/rules/number/dibao_standard/")  # not the county's to set
    look(zhao, "rules-number")
    zhao.get_by_role("link", name="改这个数").click()
    zhao.get_by_role("alert").get_by_text("由省里、市里来定，县里不能定").wait_for()
    look(zhao, "rules-set-refused")

    zhao.get_by_label("主要页面").get_by_role("link", name="规则").click()
    zhao.get_by_label("找规则").fill("O2023 §3")
    follow(zhao.get_by_role("button", name="找", exact=True))
    look(zhao, "rules-found")
    follow(zhao.get_by_role("link", name="一户多残", exact=True))
    look(zhao, "rules-rule")
    zhao.get_by_role("link", name="家里有两位或更多持残疾人证").click()
    zhao.get_by_role("link", name="改这个数").click()
    zhao.get_by_label("改成").fill("5")
    zhao.get_by_label("从哪天起").fill("2026-08-27")
    zhao.get_by_role("button", name="存成草稿，看看变化").click()
    zhao.get_by_role("alert").get_by_text("请写依据的文件").wait_for()
    look(zhao, "rules-set-error")
    zhao.get_by_label("依据的文件").fill("禾民〔2026〕12 号")
    zhao.get_by_role("button", name="存成草稿，看看变化").click()
    zhao.get_by_role("link", name="试一试").click()
    zhao.get_by_text("多出来的，例如").wait_for()
    told = zhao.locator("#tried").inner_text()
    assert "提醒的" in told and f"{FAMILIES} 户" in told and f"{2 * FAMILIES}" in told and "郑*男（柳塘镇）" in told
    assert "郑甲男" not in zhao.content()
    look(zhao, "rules-tried")
    follow(zhao.get_by_role("button", name="提交审批"))
    look(zhao, "rules-proposed")
    assert JournalEntry.objects.filter(act="office.look", subject__startswith="g").count() == 1

    jiang = signed_in(open_browser, "jiang")
    jiang.goto("/desk/rules/changes/")
    look(jiang, "rules-changes")
    follow(jiang.get_by_role("link", name="禾安县：A01"))
    look(jiang, "rules-to-approve")
    jiang.get_by_role("button", name="批，到日子生效").click()
    jiang.get_by_text("这以前什么都不变").wait_for()
    look(jiang, "rules-approved")

    assert found(date(2026, 8, 26)) == before  # the day before
    assert found(date(2026, 8, 27)) == before + FAMILIES
    assert not Alert.objects.filter(indicator="A01", area__startswith=FAR_VILLAGE[:6]).exists()


def test_a_warning_is_written_with_help_as_one_types(open_browser, cycle):
    people.officer_zhao()
    zhao = signed_in(open_browser, "zhao")
    zhao.goto("/desk/rules/new/")
    look(zhao, "rules-new")
    zhao.get_by_label("叫什么").fill("夫妻都有残疾")
    zhao.get_by_role("group", name="提醒的是").get_by_text("家庭").click()
    zhao.get_by_role("group", name="急不急").get_by_text("抽空去看").click()
    zhao.get_by_role("group", name="怎么算").get_by_text("条件都成立就提醒").click()
    first = zhao.locator("#id_if-0")
    first.press_sequentially("count(残疾")
    zhao.locator("#help-if-0").get_by_role("button", name="is_disabled").click()
    assert first.input_value().startswith("count(is_disabled")
    look(zhao, "rules-offers")
    first.fill("count(is_disabeld) >= 2")
    zhao.locator("#help-if-0").get_by_text("第 1 行第 7 列").wait_for()
    look(zhao, "rules-not-understood")
    first.fill("count(is_disabled) >= 2")
    zhao.locator("#help-if-0").get_by_text("读懂了：").wait_for()
    zhao.get_by_label("提醒时说的话").fill("家里有 {hh_members} 口人，不止一位残疾人")
    zhao.get_by_label("可能不准的原因").fill("可能已经有人照看")
    zhao.get_by_label("例子 1").fill("两口子")
    zhao.locator("#id_members-0").fill("is_disabled = true\nis_disabled = true")
    zhao.locator("#id_facts-0").fill("hh_members = 2")
    zhao.locator(".example").first.get_by_role("group", name="应该").get_by_text("会提醒").click()
    zhao.get_by_label("依据的文件").fill("禾民〔2026〕13 号")
    zhao.get_by_role("button", name="检查", exact=True).click()
    zhao.get_by_text("两口子：算出来是").wait_for()
    look(zhao, "rules-checked")
    zhao.get_by_role("button", name="存成草稿，看看变化").click()
    zhao.get_by_role("link", name="试一试").click()
    zhao.get_by_text("多出来的，例如").wait_for()
    look(zhao, "rules-warning-tried")


def test_it_is_written_without_script_as_well(open_browser, cycle):
    people.officer_zhao()
    zhao = open_browser(script=False)
    zhao.goto("/desk/login/")
    zhao.locator("#id_username").fill("zhao")
    zhao.locator("#id_password").fill("doudi-demo-2026")
    follow(zhao.get_by_role("button", name="登录"))
    zhao.goto("/desk/rules/new/")
    zhao.locator("#id_if-0").fill("any(aeg >= 75)")
    zhao.get_by_role("button", name="检查", exact=True).click()
    zhao.locator("#help-if-0").get_by_text("第 1 行第 5 列").wait_for()


def test_an_application_is_judged_by_the_new_number_from_its_day_only(cycle, monkeypatch):
    """The standard of the city goes up: a case assessed the day before keeps the old one."""
    from doudi.casework.gateways import rules
    from doudi.facts.household import Household, Member
    from doudi.rulebook import actions
    from doudi.rulebook.core import Kind

    director, other = (people.clerk(name, name, Role.DIRECTOR, people.CITY) for name in ("jiang", "tang"))
    at = staged.TODAY
    said = {"title": "提高低保标准", "source": "禾政〔2026〕5 号", "place": people.CITY, "starts_on": date(2026, 9, 1)}
    what = {"is": {"urban": "990", "rural": "880"}}
    change = actions.draft(kind=Kind.VALUE, parameter="dibao_standard", what=what, **said, by=director, at=at)
    actions.propose(ref=change.ref, by=director, at=at)
    actions.approve(ref=change.ref, by=other, at=at)
    home = Household("h", people.VILLAGE, {"hh_place_kind": "rural", "hh_members": 1}, (Member("p", {"age": 70}),))
    asked = [rules.ask("dibao", home, day, people.VILLAGE, subject="p") for day in (date(2026, 8, 31), date(2026, 9, 1))]
    assert [one.standard_fen for one in asked] == [69000, 88000]
