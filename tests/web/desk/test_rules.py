"""The workbench: rules read in words, changed with a document, tried, approved by a second person, undone."""

from __future__ import annotations

import re
from datetime import date

import pytest

import people
from doudi.office.core import Role
from doudi.office.models import JournalEntry
from doudi.rulebook import queries
from doudi.rulebook.core import Kind, State
from doudi.rulebook.models import Change
from web import staged

pytestmark = pytest.mark.django_db
WARNING = {
    "code": "L01", "label": "高龄老人独自带孩子", "subject": "household", "level": "O", "mode": "trigger",
    "if-0": "any(age >= 75)", "if-1": "any(age < 14)", "if-2": "all(age >= 75 or age < 14)",
    "says": "家里只有 {hh_members} 口人，老人带着孩子", "innocent": "可能另有人照看",
    "case-0": "奶奶和孙女", "facts-0": "hh_members = 2", "members-0": "age = 78\nage = 9", "expect-0": "yes",
    "case-1": "还有爸爸", "facts-1": "hh_members = 3", "members-1": "age = 78\nage = 9\nage = 40", "expect-1": "no",
    "place": people.COUNTY, "starts_on": "2026-09-01", "source": "禾民〔2026〕12 号",
}  # fmt: skip


@pytest.fixture
def stage(monkeypatch):
    staged.set_the_stage(monkeypatch)


def zhao(client):
    return staged.signed_in(client, people.officer_zhao())


def director(client):
    return staged.signed_in(client, people.clerk("jiang", "江涛", Role.DIRECTOR, people.CITY))


def words_of(answer):
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.content.decode()))


def set_weight(client, **more):
    """Zhao's draft of another weight; its ref."""
    said = {"place": people.COUNTY, "is-": "9", "starts_on": "2026-09-01", "source": "禾民〔2026〕12 号", **more}
    answer = client.post("/desk/rules/number/A01.several.weight/set/", said)
    assert answer.status_code == 302, words_of(answer)
    return answer.url.rstrip("/").rpartition("/")[2]


# ---- reading ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", "最低生活保障"),
        ("?by=indicator", "一户多残"),
        ("?by=number", "低保标准（每人每月）"),
        ("?by=fact", "持有效残疾人证"),
        ("?fact=is_disabled", "A01"),
        ("?q=D57+Art.+13", "dibao"),
        ("?q=D57art.13", "dibao"),
        ("?q=残疾", "A01"),
        ("?q=dibao_standard", "低保标准"),
        ("?q=没有这个词吧", "没有找到"),
    ],
)
def test_rules_are_found_by_programme_class_number_fact_article_and_word(client, stage, asked, found):
    assert found in words_of(zhao(client).get(f"/desk/rules/{asked}"))


def test_a_rule_is_read_in_words_with_its_text_numbers_articles_and_examples(client, stage):
    page = words_of(zhao(client).get("/desk/rules/rule/A01/"))
    assert "家里“持有效残疾人证”的人数 不少于 2" in page and "count(is_disabled) &gt;= 2" in page
    assert "能调的" in page and "4 分" in page and "不对" not in page
    programme = words_of(zhao(client).get("/desk/rules/rule/dibao/"))
    assert "《最低生活保障审核确认办法》第" in programme and "钱怎么算" in programme and "城镇 850 元" in programme


def test_every_rule_and_every_number_has_its_page(client, stage):
    zhao(client)
    pack = queries.pack()
    codes = [*pack.programmes, *pack.indicators, *pack.overlaps]
    numbers = [name for name, parameter in pack.parameters.items() if not parameter.rule]
    assert [code for code in codes if client.get(f"/desk/rules/rule/{code}/").status_code != 200] == []
    assert [name for name in numbers if client.get(f"/desk/rules/number/{name}/").status_code != 200] == []
    assert client.get("/desk/rules/rule/nothing/").status_code == 404
    assert client.get("/desk/rules/number/nothing/").status_code == 404
    assert client.get("/desk/rules/?on=2026-13-01").status_code == 404


def test_an_older_day_shows_the_version_of_that_day(client, stage):
    before, now = (words_of(zhao(client).get(f"/desk/rules/rule/dibao/{asked}")) for asked in ("?on=2026-06-30", ""))
    assert "《社会救助法》" in now and "《社会救助法》" not in before and "《最低生活保障审核确认办法》" in before


# ---- changing -----------------------------------------------------------------------------------------------------------


def test_a_number_goes_its_road_and_counts_from_its_day(client, stage):
    ref = set_weight(zhao(client))
    page = words_of(client.get(f"/desk/rules/changes/{ref}/"))
    assert "草稿" in page and "4 分" in page and "9 分" in page
    client.post(f"/desk/rules/changes/{ref}/propose/")
    assert "要请另一位同志审批" in words_of(client.get(f"/desk/rules/changes/{ref}/"))
    own = client.post(f"/desk/rules/changes/{ref}/approve/", {"starts_on": "2026-09-01"})
    assert own.status_code == 422 and "自己不能批" in words_of(own)
    other = director(client)
    assert "（1 条等审批）" in words_of(other.get("/desk/rules/"))
    assert "轮到您看" in words_of(other.get(f"/desk/rules/changes/{ref}/"))
    assert other.post(f"/desk/rules/changes/{ref}/approve/", {"starts_on": "2026-09-05"}).status_code == 302
    parameter = queries.pack().parameters["A01.several.weight"]
    assert parameter.at(people.COUNTY, date(2026, 9, 4)) is None and parameter.at(people.COUNTY, date(2026, 9, 5)).value == 9
    page = words_of(other.get("/desk/rules/number/A01.several.weight/"))
    assert "禾民〔2026〕12 号" in page and "禾安县" in page


def test_a_county_is_told_who_sets_the_standard(client, stage):
    said = {"place": people.COUNTY, "is-urban": "900", "is-rural": "720", "starts_on": "2026-09-01", "source": "县里的会"}
    page = zhao(client).get("/desk/rules/number/dibao_standard/set/")
    assert "由省里、市里来定，县里不能定" in words_of(page)
    answer = client.post("/desk/rules/number/dibao_standard/set/", said)
    assert answer.status_code == 422 and "由省里、市里来定，县里不能定" in words_of(answer)
    assert not Change.objects.exists()


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        ("source", "", "请写依据的文件"),
        ("is-", "九", "请写整数"),
        ("starts_on", "", "请选从哪天起"),
        ("place", "990102", "这里不归您管"),
    ],
)
def test_what_is_missing_is_said_beside_it_and_nothing_is_kept(client, stage, field, given, said):
    whole = {"place": people.COUNTY, "is-": "9", "starts_on": "2026-09-01", "source": "文件"}
    answer = zhao(client).post("/desk/rules/number/A01.several.weight/set/", {**whole, field: given})
    assert answer.status_code == 422 and said in words_of(answer) and not Change.objects.exists()


def test_rejected_with_a_reason(client, stage):
    ref = set_weight(zhao(client))
    client.post(f"/desk/rules/changes/{ref}/propose/")
    other = director(client)
    assert other.post(f"/desk/rules/changes/{ref}/reject/", {"no-reason": ""}).status_code == 422
    other.post(f"/desk/rules/changes/{ref}/reject/", {"no-reason": "先看看效果"})
    page = words_of(other.get(f"/desk/rules/changes/{ref}/"))
    assert "没批" in page and "先看看效果" in page


def test_undone_by_two_people(client, stage):
    ref = set_weight(zhao(client), starts_on="2026-08-25")
    client.post(f"/desk/rules/changes/{ref}/propose/")
    director(client).post(f"/desk/rules/changes/{ref}/approve/", {"starts_on": "2026-08-25"})
    assert "在用" in words_of(client.get(f"/desk/rules/changes/{ref}/"))
    answer = zhao(client).post(
        f"/desk/rules/changes/{ref}/undo/", {"undo-source": "禾民〔2026〕20 号", "undo-starts_on": "2026-08-26"}
    )
    undo = answer.url.rstrip("/").rpartition("/")[2]
    director(client).post(f"/desk/rules/changes/{undo}/approve/", {"starts_on": "2026-08-26"})
    assert "撤回了" in words_of(client.get(f"/desk/rules/changes/{ref}/"))
    parameter = queries.pack().parameters["A01.several.weight"]
    assert parameter.at(people.COUNTY, date(2026, 8, 25)).value == 9 and parameter.at(people.COUNTY, date(2026, 8, 26)) is None


# ---- a warning of the place's own ---------------------------------------------------------------------------------------


def test_a_local_warning_is_written_checked_and_kept(client, stage):
    looked = zhao(client).post("/desk/rules/new/", {**WARNING, "check": "1"})
    page = words_of(looked)
    assert "读懂了：家里有人“年龄 不少于 75”" in page and "奶奶和孙女：算出来是" in page and not Change.objects.exists()
    kept = client.post("/desk/rules/new/", WARNING)
    assert kept.status_code == 302
    page = words_of(client.get(kept.url))
    assert "高龄老人独自带孩子" in page and "算出来不是" in page
    assert Change.objects.get().kind == Kind.INDICATOR


def test_while_typing_one_hears_what_was_understood_or_where_it_was_not(client, stage):
    def heard(text, subject="household"):
        answer = zhao(client).post("/desk/rules/check/", {"field": "if-0", "if-0": text, "subject": subject})
        assert answer.status_code == 200
        return words_of(answer)

    assert "读懂了：家里有人“年龄 不少于 75”" in heard("any(age >= 75)")
    wrong = heard("any(aeg >= 75)")
    assert "第 1 行第 5 列" in wrong and "age（年龄）" in wrong
    assert "钱不能直接和数字放在一起" in heard("hh_income_month > 500") and "yuan(500)" in heard("hh_income_month > 500")
    assert "P.dibao_standard" in heard("hh_income_month < P.dibao_st") and "is_disabled" in heard("残疾", "person")
    assert client.post("/desk/rules/check/", {"field": "source"}).status_code == 404


def test_a_wrong_condition_is_kept_as_a_draft_but_never_handed_in(client, stage):
    kept = zhao(client).post("/desk/rules/new/", {**WARNING, "if-0": "any(aeg >= 75)"})
    ref = kept.url.rstrip("/").rpartition("/")[2]
    answer = client.post(f"/desk/rules/changes/{ref}/propose/")
    assert answer.status_code == 422 and "aeg" in words_of(answer)
    edited = client.post(f"/desk/rules/changes/{ref}/edit/", WARNING)
    assert edited.status_code == 302
    assert client.post(f"/desk/rules/changes/{ref}/propose/").status_code == 302
    assert queries.change(ref, staged.viewer_of(people.officer_zhao())).state == State.PROPOSED


def test_one_number_is_one_warning(client, stage):
    answer = zhao(client).post("/desk/rules/new/", {**WARNING, "code": "A01"})
    assert answer.status_code == 422 and "L 加两三位数字" in words_of(answer)


def test_what_is_not_understood_any_more_stands_on_top_and_is_undone(client, stage):
    ref = client_ref = zhao(client).post("/desk/rules/new/", WARNING).url.rstrip("/").rpartition("/")[2]
    client.post(f"/desk/rules/changes/{ref}/propose/")
    director(client).post(f"/desk/rules/changes/{ref}/approve/", {"starts_on": "2026-09-01"})
    change = Change.objects.get(ref=client_ref)
    what = {**change.what, "clauses": [{**change.what["clauses"][0], "if": "any(gone_now >= 75)"}]}
    Change.objects.filter(ref=ref).update(text=change.text.replace("any(age >= 75)", "any(gone_now >= 75)"), what=what)
    queries._added.cache_clear()
    page = words_of(zhao(client).get("/desk/rules/"))
    assert "有 1 条批过的变更现在读不懂了" in page and "gone_now" in page
    undone = client.post(f"/desk/rules/changes/{ref}/undo/", {"undo-source": "文件", "undo-starts_on": "2026-09-01"})
    undo = undone.url.rstrip("/").rpartition("/")[2]
    assert director(client).post(f"/desk/rules/changes/{undo}/approve/", {"starts_on": "2026-09-01"}).status_code == 302
    assert "读不懂" not in words_of(client.get("/desk/rules/"))


# ---- who sees what ------------------------------------------------------------------------------------------------------


def test_readers_read_and_see_no_buttons(client, stage):
    staged.signed_in(client, people.clerk_li())
    page = words_of(client.get("/desk/rules/"))
    assert "写一条本地预警" not in page
    assert client.get("/desk/rules/new/").status_code == 403
    assert client.get("/desk/rules/number/A01.threshold/set/").status_code == 403


def test_another_county_does_not_see_a_draft(client, stage):
    ref = set_weight(zhao(client))
    staged.signed_in(client, people.clerk("far", "远", Role.COUNTY, people.OTHER_COUNTY))
    for act in ("", "propose/", "edit/", "withdraw/"):
        address = f"/desk/rules/changes/{ref}/{act}"
        answer = client.get(address) if act in ("", "edit/") else client.post(address)
        assert answer.status_code == 404, act


def test_without_a_cycle_a_trial_says_so(client, stage):
    ref = set_weight(zhao(client))
    assert "还没有算过一次" in words_of(client.get(f"/desk/rules/changes/{ref}/?try=1"))
    assert not JournalEntry.objects.filter(act="office.look", subject=ref).exists()


def test_lists_read_a_fixed_number_of_times(client, stage, django_assert_max_num_queries):
    zhao(client)
    for number in range(3):
        set_weight(client, **{"is-": str(number + 1)})
    client.get("/desk/rules/")
    with django_assert_max_num_queries(12):
        client.get("/desk/rules/")
    with django_assert_max_num_queries(12):
        client.get("/desk/rules/changes/")
