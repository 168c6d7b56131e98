"""Records that may be one person: masked in the list, side by side for a purpose, three answers, everything undone again."""

from __future__ import annotations

from datetime import date

import pytest

import people
from doudi.office import actions as office_actions
from doudi.office import queries as office
from doudi.registry import actions, queries
from doudi.registry.core import RegisterHousehold, RegisterMember, RegisterPerson
from doudi.registry.core.pairs import Doubt
from doudi.registry.gateways import doubts, register
from doudi.registry.models import NumberReason, Pair, Settlement
from web import staged
from web.browser import PHONE, follow, looked_at
from web.phone_login import carry_on

pytestmark = pytest.mark.django_db
TWIN = "x" + "7" * 20
WHY = (("name", "sound"), ("birth", "lunar"), ("place", "village"))
PURPOSE = {"why": "daily"}


def told(granny, number, *, kind="row", left="", probability=0.8):
    left = left or f"{number:024x}"
    row_no = None if kind == "same" else number
    batch = None if kind == "same" else 3
    return Doubt(kind, left, granny.pid, "disability_certificate", "", batch, row_no, 9.5, probability, WHY, people.VILLAGE, "")


@pytest.fixture
def granny(monkeypatch):
    """Granny Wang with three doubtful rows, and a record without a number that may be her too."""
    found = people.granny_wang()
    twin = RegisterPerson(TWIN, "王桂蘭", "", "2", date(1948, 3, 25), people.VILLAGE)
    home = RegisterHousehold("h" + "7" * 20, people.VILLAGE, (RegisterMember(twin, "self"),))
    own = {"dataset": "disability_certificate", "batch": 2, "row_no": 9, "as_of": date(2026, 6, 30), "role": "", "how": "number"}
    own_values = {"name": "王桂兰", "citizen_no": found.citizen_no, "address": "石磨村3号", "phone": "13912345678"}
    monkeypatch.setattr(register, "person", lambda pid: twin if pid == TWIN else None)
    monkeypatch.setattr(register, "household_of", lambda subject: home if subject == TWIN else None)
    monkeypatch.setattr(register, "by_number", lambda number: None)
    monkeypatch.setattr(register, "by_name", lambda name, area: [twin] if name == "王桂蘭" else [])
    monkeypatch.setattr(register, "facts", lambda subject: {})
    monkeypatch.setattr(register, "everything", lambda pid: [{**own, "values": own_values}] if pid == found.pid else [])
    values = {
        "name": "王桂岚",
        "citizen_no": None,
        "citizen_no_raw": "9901011948",
        "address": "石磨村3号",
        "area_code": people.VILLAGE,
    }
    row = {"dataset": "disability_certificate", "as_of": date(2026, 6, 30), "values": values | {"area_code": people.VILLAGE}}
    monkeypatch.setattr(doubts, "delivered", lambda batch, row_no: row)
    doubted = [told(found, 1), told(found, 2), told(found, 3, probability=0.2), told(found, 4, kind="same", left=TWIN)]
    actions.mirror_pairs(doubted, cycle="c1", on=date(2026, 6, 30), by=people.HALL, at=staged.TODAY)
    return found


def queue(viewer):
    return [row.ref for row in queries.queue(viewer).rows]


def test_the_list_masks_names_and_filters(client, granny):
    words = staged.signed_in(client, people.clerk_li()).get("/desk/pairs/").content.decode()
    assert "王*岚" in words and "王桂" not in words and granny.citizen_no not in words
    assert "4</b> 对记录" in words and "石磨村（4）" in words
    same = client.get("/desk/pairs/?kind=same").content.decode()
    assert "王*蘭" in same and "王*岚" not in same
    for wrong in ("?kind=x", "?state=x", "?village=x"):
        assert client.get(f"/desk/pairs/{wrong}").status_code == 404


def test_nothing_is_opened_before_a_purpose_and_each_look_is_traced(client, granny):
    first = Pair.objects.filter(kind="row", probability__gt=0.5)[0].ref
    staged.signed_in(client, people.clerk_li())
    words = client.get(f"/desk/pairs/{first}/").content.decode()
    assert "为什么要看" in words and "王桂兰" not in words and office.looks(granny.pid) == []
    assert client.post(f"/desk/pairs/{first}/", {"why": "other"}).status_code == 422
    assert client.post(f"/desk/pairs/{first}/settle/", {"verdict": "same"}).status_code == 302
    assert not Settlement.objects.exists()
    client.post(f"/desk/pairs/{first}/", PURPOSE)
    words = client.get(f"/desk/pairs/{first}/").content.decode()
    for part in (
        "王桂兰", "王桂岚", granny.citizen_no, "9901011948", "✓ 一样", "✗ 不一样", "姓名同音，字不一样", "在同一个村（社区）",
        "多半是同一个人", "残联 · 残疾人证", "第 3 批 第",
    ):  # fmt: skip
        assert part in words, part
    assert "一级" not in words and "残疾等级" not in words  # only who somebody is, nothing of what they suffer from
    (look,) = office.looks(granny.pid)
    assert (look.who, look.purpose) == ("李敏", "核对像是同一个人的记录")


@pytest.fixture
def li(client, granny):
    """Clerk Li, who said why she looks, with the refs that wait for her."""
    refs = queue(staged.viewer_of(people.clerk_li()))
    staged.signed_in(client, people.clerk_li()).post(f"/desk/pairs/{refs[0]}/", PURPOSE)
    return refs


def test_two_people_are_compared_with_the_days_between_their_birthdays(client, granny, li):
    same = Pair.objects.get(kind="same").ref
    words = client.get(f"/desk/pairs/{same}/").content.decode()
    assert "生日差 20 天，像把农历写成了公历" in words
    assert office.looks(TWIN)[0].who == "李敏"


def test_each_answer_leads_to_the_next_pair_and_can_be_undone(client, granny, li):
    sure = [ref for ref in li if Pair.objects.get(ref=ref).probability > 0.5 and Pair.objects.get(ref=ref).kind == "row"]
    answer = client.post(f"/desk/pairs/{sure[0]}/settle/", {"verdict": "same", "kind": "row"})
    made = Settlement.objects.get()
    assert answer.status_code == 302 and answer.url.endswith(f"?kind=row&done={made.ref}")
    assert f"/desk/pairs/undo/{made.ref}/" in client.get(answer.url).content.decode()
    assert client.post(f"/desk/pairs/{sure[1]}/settle/", {"verdict": "apart"}).status_code == 422
    assert client.post(f"/desk/pairs/{sure[1]}/settle/", {"verdict": "ask"}).status_code == 422
    assert client.post(f"/desk/pairs/{sure[1]}/settle/", {}).status_code == 422
    client.post(f"/desk/pairs/{sure[1]}/settle/", {"verdict": "ask", "reason": "问王秀英"})
    assert "问王秀英" in client.get(f"/desk/pairs/{sure[1]}/").content.decode()
    assert client.post(f"/desk/pairs/undo/{made.ref}/", {"why": ""}).status_code == 422
    client.post(f"/desk/pairs/undo/{made.ref}/", {"why": "看错行了"})
    assert queries.settled() == []
    words = client.get("/desk/pairs/decided/").content.decode()
    assert "看错行了" in words and "撤销了" in words and "王桂兰" not in words


def test_the_second_of_two_browsers_is_told(client, granny, li):
    ref = li[0]
    actions.settle_pair(ref=ref, verdict="same", reason="村里说的", by=people.officer_zhao(), at=staged.TODAY)
    answer = client.post(f"/desk/pairs/{ref}/settle/", {"verdict": "apart", "reason": "不像"})
    assert answer.status_code == 422 and "赵建国 8 月 25 日已经判断过" in answer.content.decode()
    assert Settlement.objects.count() == 1


def test_joined_from_the_persons_page_found_by_the_old_address_and_undone(client, granny, li):
    page = f"/desk/person/{granny.pid}/"
    client.post(page, {"why": "review"})
    words = client.get(f"/desk/pairs/join/{granny.pid}/?q=王桂蘭").content.decode()
    assert TWIN in words and "没有身份证号" in words
    assert client.post(f"/desk/pairs/join/{granny.pid}/?q=王桂蘭", {"other": TWIN}).status_code == 422
    answer = client.post(f"/desk/pairs/join/{granny.pid}/?q=王桂蘭", {"other": TWIN, "reason": "她自己说的"})
    assert answer.url == page
    part = client.get(f"{page}part/identity/").content.decode()
    assert "并进来的记录" in part and "她自己说的" in part and granny.citizen_no not in part
    assert queries.me(TWIN).pid == granny.pid


def test_rows_of_somebody_else_are_taken_out_by_their_mark(client, granny, li):
    words = client.get(f"/desk/pairs/split/{granny.pid}/").content.decode()
    mark = words.partition('name="rows" value="')[2].partition('"')[0]
    assert len(mark) == 24
    address = f"/desk/pairs/split/{granny.pid}/"
    assert client.post(address, {"rows": ["0" * 24], "reason": "x"}).status_code == 422  # a row of somebody else's record
    assert client.post(address, {"rows": [mark], "number": "11", "reason": "x"}).status_code == 422
    assert client.post(address, {"rows": [mark], "reason": "是她妹妹的证"}).status_code == 302
    (one,) = queries.settled()
    assert (one.kind, one.left, one.right, one.verdict) == ("row", mark, granny.pid, "apart")


def test_why_there_is_no_number(client, granny):
    staged.signed_in(client, people.worker_wang())
    assert client.post(f"/desk/pairs/number/{TWIN}/", {"reason": "other"}).status_code == 422
    assert client.post(f"/desk/pairs/number/{TWIN}/", {"reason": "lost", "note": "等补办"}).status_code == 302
    assert NumberReason.objects.get().reason == "lost"


@pytest.mark.parametrize("who", [people.clerk_sun, people.worker_wang, people.checker_he, people.director_lin])
def test_who_has_no_business_learns_nothing(client, granny, who):
    staged.signed_in(client, who())
    ref = Pair.objects.order_by("ref")[0].ref
    for address in (f"/desk/pairs/{ref}/", f"/desk/pairs/join/{granny.pid}/", f"/desk/pairs/split/{granny.pid}/"):
        assert client.get(address).status_code in (403, 404), address
    assert client.post(f"/desk/pairs/{ref}/settle/", {"verdict": "same"}).status_code in (403, 404)
    assert "王" not in client.get("/desk/pairs/").content.decode().partition("<main")[2].replace("王秀英", "")


def test_a_data_officer_decides_without_opening_anybodys_page(client, granny):
    refs = queue(staged.viewer_of(people.keeper_wu()))
    staged.signed_in(client, people.keeper_wu()).post(f"/desk/pairs/{refs[0]}/", PURPOSE)
    assert "王桂兰" in client.get(f"/desk/pairs/{refs[0]}/").content.decode()
    assert client.post(f"/desk/pairs/{refs[0]}/settle/", {"verdict": "same", "reason": "x"}).status_code == 302
    assert client.get(f"/desk/person/{granny.pid}/").status_code == 403


@pytest.mark.parametrize("count", [1, 25])
def test_as_many_queries_for_a_page_as_for_one(client, granny, django_assert_num_queries, count):
    Pair.objects.all().delete()
    doubted = [told(granny, number) for number in range(count)]
    actions.mirror_pairs(doubted, cycle="c2", on=date(2026, 6, 30), by=people.HALL, at=staged.TODAY)
    staged.signed_in(client, people.keeper_wu()).get("/desk/pairs/")
    with django_assert_num_queries(11):
        assert client.get("/desk/pairs/").content.decode().count("并排看<") == count


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_pairs_are_worked_through_by_keyboard(open_browser, client, granny, live_server):
    staged.signed_in(client, people.clerk_li())
    page = open_browser(PHONE)
    carry_on(page, client, live_server)

    def look(name):
        looked_at(page, f"pairs-{name}", fingers=() if name == "purpose" else (PHONE,))  # its circles lie in labels a finger hits

    page.goto("/desk/pairs/")
    look("queue")
    follow(page.get_by_role("link", name="从第一对看起"))
    look("purpose")
    page.get_by_label("核对像是同一个人的记录").check()
    page.get_by_role("button", name="打开").click()
    page.get_by_role("heading", name="两边一项一项比").wait_for()
    look("one")
    for _ in range(4):  # everything by keyboard: 1, or 2 where the machine thinks they are two
        before = page.url
        unlike = page.get_by_text("多半不是同一个人", exact=True).count()
        page.keyboard.press("2" if unlike else "1")
        page.wait_for_url(lambda address, before=before: address != before)
    page.get_by_text("这里的都看完了").wait_for()
    assert Settlement.objects.count() == 4 and queries.standing(TWIN) == granny.pid
    follow(page.get_by_role("link", name="判断过的、撤销"))
    look("decided")
    follow(page.locator("td a.button").first)
    look("undo")
    page.get_by_label("为什么撤销").fill("手快了")
    page.get_by_role("button", name="撤销，恢复原样").click()
    page.get_by_text("撤销了。原来的判断和这次撤销都留着。").wait_for()


def test_at_the_window_nobody_is_added_twice(client, granny, monkeypatch):
    away = people.clerk_sun()  # whose township granny does not live in
    monkeypatch.setattr(
        doubts, "likely", lambda **said: [doubts.Likely(granny.pid, 0.9, ()), doubts.Likely("x" + "0" * 20, 0.9, ())]
    )
    address = "/desk/register/"
    staged.signed_in(client, people.clerk_li())
    assert "没有号码就写姓名" in client.post(address, {"number": ""}).content.decode()
    words = client.post(address, {"name": "王桂兰", "born_on": "1948-03-05"}).content.decode()
    assert "可能已经有了" in words and "王*兰" in words and "1948 年生" in words and granny.citizen_no not in words
    wrong = client.post(address, {"name": "王桂兰", "chosen": TWIN})
    assert wrong.status_code == 422
    answer = client.post(address, {"name": "王桂兰", "born_on": "1948-03-05", "chosen": granny.pid})
    assert answer.status_code == 302 and "/desk/register/d" in answer.url
    there = staged.signed_in(client, away).post(address, {"name": "王桂兰"}).content.decode()
    assert "其他地方有一位相似的人" in there and "王*兰" not in there and granny.pid not in there
    assert client.post(address, {"name": "王桂兰", "chosen": granny.pid}).status_code == 422


def test_an_old_address_leads_to_the_one_page_and_old_looks_are_still_told(client, granny, li):
    office_actions.look(subject=TWIN, viewer=staged.viewer_of(people.officer_zhao()), at=staged.TODAY, why="看旧的那份")
    actions.merge_persons(goes=TWIN, stays=granny.pid, reason="同一个人", by=people.clerk_li(), at=staged.TODAY)
    assert client.get(f"/desk/person/{TWIN}/").url == f"/desk/person/{granny.pid}/"
    client.post(f"/desk/person/{granny.pid}/", {"why": "review"})
    assert "看旧的那份" in client.get(f"/desk/person/{granny.pid}/part/looks/").content.decode()


def test_somebody_alike_elsewhere_is_said_before_a_person_is_told_of(client, granny, monkeypatch):
    monkeypatch.setattr(doubts, "likely", lambda **said: [doubts.Likely(granny.pid, 0.9, ())])
    staged.signed_in(client, people.clerk_sun())
    told = {
        "ref": "t" + "1" * 20,
        "name": "王桂兰",
        "area": f"{people.OTHER_TOWNSHIP}201",
        "trouble": "一个人过",
        "said_by": "邻居",
    }
    people.Area.objects.create(code=told["area"], label="南河村", kind="village", parent=people.OTHER_TOWNSHIP)
    words = client.post("/desk/people/tell/", told).content.decode()
    assert "其他地方有一位相似的人" in words and "王*兰" not in words
    assert client.post("/desk/people/tell/", {**told, "sure": "on"}).status_code == 302
