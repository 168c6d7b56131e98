"""Finding and reading a person: for a purpose, which the person can read; numbers and accounts never in full."""

from importlib import import_module

import pytest

import people
from doudi.exchange import queries as exchange
from doudi.office import queries as office
from doudi.registry.gateways import register
from doudi.registry.queries import SourceRow
from doudi.web.desk.person.parts import parts_for
from doudi.web.parts import known
from web import staged
from web.browser import DESK, PHONE, RULES, picture, scrolls_sideways, violations
from web.desk_login import sign_in
from web.reasons import family

pytestmark = pytest.mark.django_db
REGISTER = {name: getattr(register, name) for name in ("household_of", "facts", "everything")}  # before any stage stands in
PAINT, PART = 16, 30  # queries


def test_nothing_is_shown_before_a_purpose_is_chosen(client):
    granny = people.granny_wang()
    staged.signed_in(client, people.clerk_li())
    words = client.get(f"/desk/person/{granny.pid}/").content.decode()
    assert "为什么要看" in words and "王桂兰" not in words and office.looks(granny.pid) == []
    assert client.post(f"/desk/person/{granny.pid}/", {}).status_code == 422
    assert client.post(f"/desk/person/{granny.pid}/", {"why": "other", "words": ""}).status_code == 422
    assert client.post(f"/desk/person/{granny.pid}/", {"why": "review"}).status_code == 302
    words = client.get(f"/desk/person/{granny.pid}/").content.decode()
    assert "王桂兰" in words and granny.citizen_no not in words and "一年看一次" in words
    assert [(one.who, one.purpose) for one in office.looks(granny.pid)] == [("李敏", "一年看一次")]


def test_rows_say_dataset_day_batch_and_row_with_labels(client, sources):
    granny = people.granny_wang()
    staged.signed_in(client, people.clerk_li())
    client.post(f"/desk/person/{granny.pid}/", {"why": "asked"})
    words = client.get(f"/desk/person/{granny.pid}/").content.decode()
    assert "各部门送来的原始行" in words and "谁看过" in words


def test_the_case_binds_the_purpose(client):
    case = staged.accepted()
    staged.signed_in(client, people.clerk_li())
    words = client.get(f"/desk/person/{case.applicant}/?case={case.ref}").content.decode()
    assert "办理最低生活保障申请" in words
    uncle = people.uncle_zhou()
    assert "为什么要看" in client.get(f"/desk/person/{uncle.pid}/?case={case.ref}").content.decode()


@pytest.mark.parametrize("who", [people.clerk_sun, people.worker_wang, people.keeper_wu, people.director_lin])
def test_foreign_areas_and_posts_get_nothing(client, who):
    granny = people.granny_wang()
    staged.signed_in(client, who())
    assert client.get(f"/desk/person/{granny.pid}/").status_code in (403, 404)
    assert client.post(f"/desk/person/{granny.pid}/", {"why": "review"}).status_code in (403, 404)


def test_finding_by_the_whole_number_in_ones_own_place_only(client):
    granny = people.granny_wang()
    found = staged.signed_in(client, people.clerk_li()).get("/desk/find/", {"q": granny.citizen_no}).content.decode()
    assert granny.pid in found and "王*兰" in found and "王桂兰" not in found
    foreign = staged.signed_in(client, people.clerk_sun()).get("/desk/find/", {"q": granny.citizen_no}).content.decode()
    assert granny.pid not in foreign and "没有找到" in foreign


def test_a_receipt_number_leads_to_its_case(client):
    case = staged.submitted()
    answer = staged.signed_in(client, people.clerk_li()).get("/desk/find/", {"q": case.receipt})
    assert answer.status_code == 302 and answer.url == f"/desk/cases/{case.ref}/"


@pytest.fixture
def home(monkeypatch, tmp_path, settings):
    """刘大山's family, published, with what departments said of them."""
    found = family(monkeypatch, tmp_path, settings)
    for name, real in REGISTER.items():
        monkeypatch.setattr(register, name, real)
    return found


def opened(client, pid):
    staged.signed_in(client, people.clerk_li())
    client.post(f"/desk/person/{pid}/", {"why": "review"})
    return f"/desk/person/{pid}/"


def test_the_first_paint_asks_little_and_every_part_comes_by_itself(client, home, django_assert_max_num_queries):
    page = opened(client, home.liu)
    client.get(page)  # the look is noted once in ten minutes
    with django_assert_max_num_queries(PAINT):
        words = client.get(page).content.decode()
    assert "刘大山" in words and f"{page}part/known/" in words and "残疾" not in words
    for part in parts_for(staged.viewer_of(people.clerk_li())):
        with django_assert_max_num_queries(PART):
            answer = client.get(f"{page}part/{part.name}/", headers={"HX-Request": "true"})
        told = answer.content.decode()
        assert answer.status_code == 200 and part.label in told and "<html" not in told, part.name
    alone = client.get(f"{page}part/known/").content.decode()
    assert "<html" in alone and "残疾" in alone and "公安 2026 年 6 月 30 日" in alone
    assert "残疾" in client.get(f"{page}?parts=all").content.decode()
    assert client.get(f"{page}part/nothing/").status_code == 404


def test_unknown_is_said_and_is_not_no(client, home):
    words = client.get(f"{opened(client, home.liu)}part/known/").content.decode()
    assert "不清楚的" in words and "查过、没有的" in words


def test_what_sources_say_differently_stands_side_by_side():
    contracts = exchange.contracts()
    day = people.NOON.date()
    rows = [
        SourceRow("hukou", 1, 1, day, {"name": "王桂兰"}),
        SourceRow("dibao", 2, 1, day, {"name": "王贵兰"}),
        SourceRow("tekun", 3, 1, day, {"name": "王桂兰"}),
    ]
    [one] = known.differing(rows, contracts)
    assert {value for value, _ in one.said} == {"王桂兰", "王贵兰"} and len(one.said) == 3
    assert known.differing(rows[::2], contracts) == []


def test_every_dataset_speaks_of_a_part_of_life():
    told = {dataset for _, datasets in known.DIMENSIONS.values() for dataset in datasets}
    assert set(exchange.contracts()) <= told


def test_a_part_opens_as_little_as_the_page_without_a_purpose_or_elsewhere(client, home):
    staged.signed_in(client, people.clerk_li())
    assert client.get(f"/desk/person/{home.liu}/part/known/").url == f"/desk/person/{home.liu}/"
    staged.signed_in(client, people.clerk_sun())
    for name in ("known", "rows", "looks"):
        assert client.get(f"/desk/person/{home.liu}/part/{name}/").status_code == 404
    assert office.looks(home.liu) == []


def test_who_searches_too_fast_is_told_so_in_words(client, monkeypatch):
    staged.signed_in(client, people.clerk_li())
    monkeypatch.setattr(import_module("doudi.registry.actions.search"), "IN_TEN_MINUTES", 1)
    assert client.get("/desk/find/", {"q": "wangguilan"}).status_code == 200
    answer = client.get("/desk/find/", {"q": "wangguilan"})
    assert answer.status_code == 429 and "过十分钟再找" in answer.content.decode()
    typing = client.get("/desk/find/", {"q": "wangg"}, headers={"HX-Request": "true"})
    assert typing.status_code == 200 and "过十分钟再找" in typing.content.decode() and "<html" not in typing.content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_finding_and_reading_in_the_browser(open_browser, client, live_server, home):
    people.clerk_li()
    page = open_browser(DESK)
    sign_in(page, "li")
    page.goto("/desk/find/")
    page.get_by_label("姓名、拼音、证件号的几位").press_sequentially("liudash", delay=20)
    page.get_by_role("link", name="打开").first.wait_for()
    picture(page, "find-desk")
    assert violations(page, RULES) == []
    page.get_by_role("link", name="打开").first.click()
    page.get_by_label("一年看一次").check()
    page.get_by_role("button", name="打开").click()
    page.get_by_text("不清楚的").first.wait_for()
    page.get_by_role("link", name="一次全展开").click()
    page.get_by_role("heading", name="谁看过").wait_for()
    picture(page, "person-desk")
    assert violations(page, RULES) == [] and not scrolls_sideways(page)
    page.set_viewport_size(PHONE)
    picture(page, "person-phone")
    assert not scrolls_sideways(page)
