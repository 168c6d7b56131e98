"""Reason sheets for clerks: for a purpose, each look written down, foreign places shut out, a case asked again."""

from __future__ import annotations

import pytest

import people
from doudi.casework.models import Assessment
from doudi.engine import packs
from doudi.engine.lake import Lake
from doudi.office import queries as office
from web import staged
from web.reasons import family

pytestmark = [pytest.mark.django_db, pytest.mark.lake]


@pytest.fixture
def home(monkeypatch, tmp_path, settings):
    """The family of the reason sheets, published."""
    return family(monkeypatch, tmp_path, settings)


def opened(client, home, clerk):
    staged.signed_in(client, clerk)
    client.post(f"/desk/person/{home.liu}/", {"why": "asked"})
    return f"/desk/person/{home.liu}/reasons/"


def test_a_sheet_needs_a_purpose_and_each_look_is_written_down(client, home):
    staged.signed_in(client, people.clerk_li())
    address = f"/desk/person/{home.liu}/reasons/"
    assert client.get(address).url == f"/desk/person/{home.liu}/"
    assert client.get(f"{address}dibao/answer.json").status_code == 404 and office.looks(home.chen) == []
    base = opened(client, home, people.clerk_li())
    words = client.get(f"{base}dibao/").content.decode()
    assert "理由单：最低生活保障" in words and "由人决定" in words and "刘大山" in words
    assert "，2026 年" in words and "《最低生活保障审核确认办法》第" in words
    assert [(one.who, one.what, one.purpose) for one in office.looks(home.chen)] == [("李敏", "理由单", "他本人来问")]


def test_every_programme_on_one_sheet_and_nobody_is_told_no(client, home):
    words = client.get(opened(client, home, people.clerk_li())).content.decode()
    assert "可能够得上什么" in words and "按现在知道的，这几项可能够不上" in words and "情况特殊也可以申请" in words
    assert "不符合" not in words.partition("<main")[2].partition("<ul")[0]


@pytest.mark.parametrize("who", [people.clerk_sun, people.worker_wang, people.keeper_wu, people.director_lin])
def test_foreign_areas_and_posts_get_nothing(client, home, who):
    staged.signed_in(client, who())
    for address in ("reasons/", "reasons/dibao/", "reasons/dibao/answer.json"):
        assert client.get(f"/desk/person/{home.liu}/{address}").status_code in (403, 404)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"known_on": "2026-13-01"}, "不是日期"),
        ({"known_on": "2027-01-01"}, "还没有到"),
        ({"known_on": "2026-01-01"}, "还没有算过"),
        ({"on": "2019-01-01"}, "2021-07-01"),
    ],
)
def test_days_that_cannot_be_answered_are_said(client, home, query, said):
    answer = client.get(f"{opened(client, home, people.clerk_li())}dibao/", query)
    assert answer.status_code == 422 and said in answer.content.decode()


def test_an_unknown_programme_is_said(client, home):
    answer = client.get(f"{opened(client, home, people.clerk_li())}dibo/")
    assert answer.status_code == 422 and "dibao" in answer.content.decode()


def test_query_counts(client, home, django_assert_num_queries):
    base = opened(client, home, people.clerk_li())
    client.get(f"{base}dibao/")
    with django_assert_num_queries(SHEET):
        client.get(f"{base}dibao/")
    with django_assert_num_queries(SHEET):
        client.get(base)


SHEET = 15  # session, clerk, post, person, who stands for them, place, cycle, rules, and of three members whether the look is new


def test_a_case_asked_again_says_the_very_same(client, home):
    case = staged.surveyed()
    kept = Assessment.objects.filter(case=case, programme=case.programme).latest("id")
    staged.signed_in(client, people.clerk_li())
    words = client.get(f"/desk/cases/{case.ref}/reasons/").content.decode()
    assert "一字不差" in words and kept.pack in words and kept.trace["conditions"][0]["says"] in words
    kept.trace["conditions"][0]["says"] = "改过的一句"
    kept.save(update_fields=["trace"])
    assert "不一样" in client.get(f"/desk/cases/{case.ref}/reasons/").content.decode()


def test_a_case_whose_rules_are_gone_says_so(client, home, settings):
    case = staged.surveyed()
    kept = Assessment.objects.filter(case=case, programme=case.programme).latest("id")
    packs.place(Lake(settings.LAKE), kept.pack).rename(settings.LAKE / "elsewhere")
    packs._READ.clear()
    staged.signed_in(client, people.clerk_li())
    assert "没有存下规则" in client.get(f"/desk/cases/{case.ref}/reasons/").content.decode()


def test_a_printed_sheet_can_be_checked_and_a_forged_one_is_not_ours(client, home):
    from doudi.monitoring import answers
    from doudi.web.parts import reasons

    answer = answers.ask(home.liu, "dibao", at=staged.TODAY)
    token = reasons.token(answer)
    found = client.get(f"/sheet/reasons/{token}/")
    words = found.content.decode()
    assert found.status_code == 200 and answer.sha256[:16] in words and "最低生活保障" in words
    assert "刘大山" not in words and home.liu not in token
    assert client.get(f"/sheet/reasons/{token.replace('dibao', 'tekun')}/").status_code == 404
