"""Trying numbers of the law: who may, for which place, in counts alone; small numbers stay hidden on every way out."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

import people
from doudi.engine.lake import Lake
from doudi.office.core import Role
from engine.unit_city import judged
from web import staged

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.lake]
PAGE = "/desk/whatif/"
TRY = "a.dibao_standard.urban=950&a.dibao_standard.rural=770&b.near_dibao_multiplier=2"


@pytest.fixture(scope="session")
def judged_city() -> Lake:
    return judged()[0]


@pytest.fixture(autouse=True)
def lake(judged_city: Lake, settings: Any) -> Lake:
    settings.LAKE = judged_city.root
    people.places()
    return judged_city


def director() -> Any:
    return people.clerk("zhou", "周主任", Role.DIRECTOR, people.CITY)


def words(client: Any, query: str = TRY, clerk: Any = None, page: str = PAGE) -> str:
    answer = staged.signed_in(client, clerk or director()).get(f"{page}?{query}")
    assert answer.status_code == 200, answer.content.decode()[:800]
    return answer.content.decode()


def told(client: Any, query: str = TRY, clerk: Any = None) -> list[dict[str, Any]]:
    return json.loads(words(client, query, clerk, f"{PAGE}figures.json"))["scenarios"]


def test_an_empty_form_shows_the_numbers_as_they_are(client: Any) -> None:
    page = words(client, "")
    assert "低保标准（每人每月）（城镇）" in page and "850" in page and "还没有改哪个数" in page


def test_two_scenarios_stand_side_by_side_with_the_reading_named(client: Any) -> None:
    page = words(client)
    assert "方案一新增" in page and "方案二新增" in page
    assert page.count("没查到的财产按没有超线算，已经在册的按当初查过算（假设）") >= 4
    assert "只按已知的。" in words(client, TRY + "&reading=known").replace("看法：", "")


def test_the_page_says_what_the_file_says(client: Any) -> None:
    first, second = told(client)
    dibao = next(one for one in first["programmes"] if one["code"] == "dibao")
    page = words(client)
    assert f"{dibao['households']['after']:,} 户" in page and first["rates_after"]["households"]
    assert first["cost_after"] > first["cost_before"] == second["cost_before"] == second["cost_after"]
    assert first["changes"] == ["dibao_standard=950:urban", "dibao_standard=770:rural"]


def test_the_table_opens_in_a_spreadsheet_and_is_the_same(client: Any) -> None:
    answer = staged.signed_in(client, director()).get(f"{PAGE}table.csv?{TRY}")
    assert answer.content.startswith(b"\xef\xbb\xbf") and "attachment" in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    dibao = next(one for one in told(client)[0]["programmes"] if one["code"] == "dibao")
    (total,) = [row for row in rows if (row["方案"], row["项目"], row["分法"]) == ("方案一", "最低生活保障", "合计（户）")]
    assert total["改了以后符合"] == str(dibao["households"]["after"])
    assert total["改了以后每月（元）"] == f"{dibao['households']['cost_after'] / 100:.2f}"


def test_what_cannot_be_tried_is_said_in_words(client: Any) -> None:
    staged.signed_in(client, director())
    for query, says in (
        ("a.dibao_standard.urban=many", "元，最多两位小数"),
        ("a.dibao_standard.urban=-1", "不能小于 0"),
        ("a.near_dibao_multiplier=1.555", "最多 2 位小数"),
    ):
        answer = client.get(f"{PAGE}?{query}")
        assert answer.status_code == 422 and says in answer.content.decode(), query
    for query in ("area=990199", "reading=guess", "members=x"):
        assert client.get(f"{PAGE}?{query}").status_code == 404, query


@pytest.mark.parametrize(
    ("role", "may"), [(role, role in {Role.COUNTY, Role.AUDITOR, Role.DIRECTOR}) for role in Role if role != Role.RESIDENT]
)
def test_who_may_try(client: Any, role: Role, may: bool) -> None:
    area = {Role.TOWNSHIP: people.TOWNSHIP, Role.VILLAGE: people.VILLAGE}.get(role, people.COUNTY)
    staged.signed_in(client, people.clerk(f"w-{role}", "某人", role, area))
    for page in (PAGE, f"{PAGE}rates/", f"{PAGE}table.csv", f"{PAGE}figures.json"):
        assert client.get(f"{page}?{TRY}").status_code == (200 if may else 403), page


@pytest.mark.parametrize("page", [PAGE, f"{PAGE}rates/", f"{PAGE}table.csv", f"{PAGE}figures.json"])
def test_a_county_sees_its_own_county_only(client: Any, page: str) -> None:
    staged.signed_in(client, people.officer_zhao())
    assert client.get(f"{page}?{TRY}&area={people.COUNTY}").status_code == 200
    for elsewhere in (people.CITY, people.OTHER_COUNTY, "990000"):
        assert client.get(f"{page}?{TRY}&area={elsewhere}").status_code == 404
    mine = told(client, TRY, people.officer_zhao())[0]
    assert mine["within"] == people.COUNTY
    assert all(row["key"].startswith(people.COUNTY) for one in mine["programmes"] for row in one["places"])


def test_nothing_is_kept_and_nobody_is_named(client: Any) -> None:
    from doudi.office import queries as office

    before = office.journal_state().size
    for page in (PAGE, f"{PAGE}rates/", f"{PAGE}table.csv", f"{PAGE}figures.json"):
        text = words(client, TRY, None, page)
        assert not re.search(r"\b[phx][0-9a-f]{20}\b|\d{17}[\dXx]", text), page
    assert office.journal_state().size == before


def test_small_counts_are_nowhere(client: Any) -> None:
    """No count from 1 to 9 in any answer, and none to be had by taking the shown rows from the shown total."""
    for reading in ("known", "property", "roll"):
        for area in (people.CITY, people.COUNTY):
            for one in (p for told_ in told(client, f"{TRY}&reading={reading}&area={area}") for p in told_["programmes"]):
                for cut in ("places", "bands", "kinds"):
                    for name in ("before", "after", "gained", "lost", "up", "down"):
                        shown = [row[name] for row in one[cut] if row[name] is not None]
                        total = one["total"][name]
                        assert not [count for count in shown if 0 < count < 10]
                        assert total is None or not 0 < total < 10
                        if total is not None and len(shown) < len(one[cut]):
                            left = total - sum(shown)
                            assert left == 0 or left >= 10, (one["code"], cut, name)


def test_before_the_first_cycle_the_page_says_so(client: Any, settings: Any, tmp_path: Path) -> None:
    settings.LAKE = tmp_path
    page = words(client)
    assert "还不能试算" in page and "doudi cycle" in page


def test_the_next_hundred_yuan_comes_as_a_page_and_as_a_part(client: Any) -> None:
    whole = words(client, TRY, None, f"{PAGE}rates/")
    part = client.get(f"{PAGE}rates/?{TRY}", headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole and "<html" not in part and "减 80%–100%" in part and "减 80%–100%" in whole
