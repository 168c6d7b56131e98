"""Data answer for themselves on the desk: scores side by side, a delivery mended in the browser, requests both ways."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

import exchange_feeds as feeds
import people
from doudi.exchange import actions, jobs, queries
from doudi.exchange.models import Correction, Load
from doudi.office.core import Role
from doudi.office.models import JournalEntry
from exchange.test_corrections import officer
from web import staged
from web.browser import PHONE, looked_at
from web.desk_login import sign_in

pytestmark = pytest.mark.django_db


def messy_load(folder, rows=30) -> Load:
    """A roll as an office types it: a word the contract does not know, days nobody can read, an empty name."""
    told = feeds.tekun_rows(rows)
    for row in told[:6]:
        row[4] = "全自理吧"
    for row in told[6:9]:
        row[7] = "05/06/2021"
    told[9][2] = ""
    told[10][6] = "=HYPERLINK(9)"
    feeds.write(folder / "tekun_2026-06-30.csv", feeds.text(told))
    ((load, _),) = jobs.pick_up(folder, by=people.HALL.system("feeds"), at=people.NOON).loads.values()
    jobs.score_loads(at=people.NOON)
    return load


@pytest.fixture
def load(tmp_path, settings) -> Load:
    settings.LAKE = tmp_path / "lake"
    return messy_load(tmp_path / "in")


def words(answer) -> str:
    assert answer.status_code == 200, answer.content.decode()[:400]
    return answer.content.decode().split("<main")[1]


def test_mended_once_for_all_and_what_is_left_can_be_taken_home(client, load):
    staged.signed_in(client, officer("civil_affairs"))
    page = words(client.get(f"/desk/feeds/{load.pk}/mend/"))
    assert "全自理吧" in page and "一次改完 6 格" in page and "先日后月" in page
    add = f"/desk/feeds/{load.pk}/mend/add/"
    client.post(add, {"kind": "values", "column": "care_grade", "old-0": "全自理吧", "new-0": "full"})
    client.post(add, {"kind": "dates", "column": "from_date", "order": "dmy"})
    client.post(f"/desk/feeds/{load.pk}/mend/rows/10/", {"name": "王芳"})
    page = words(client.get(f"/desk/feeds/{load.pk}/mend/"))
    assert "多 10" in page and "王*" in page
    assert client.post(add, {"kind": "unit", "column": "name", "factor": "100"}).status_code == 302
    assert "只有金额和数字列能换单位" in client.get(f"/desk/feeds/{load.pk}/mend/").content.decode()
    ref = client.get(f"/desk/feeds/{load.pk}/mend/").context["draft"].ref
    made = client.post(f"/desk/feeds/{load.pk}/mend/apply/", {"ref": ref}).url
    number = int(made.split("/")[-2])
    assert (Load.objects.get(pk=number).accepted, Load.objects.get(pk=number).rejected) == (29, 1)

    csv = b"".join(client.get(f"/desk/feeds/{number}/left.csv").streaming_content).decode("utf-8-sig")
    assert "'=HYPERLINK(9)" in csv and "不是金额" in csv
    book = b"".join(client.get(f"/desk/feeds/{number}/left.xlsx").streaming_content)
    head, row = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert head[:3] == ["行号", "哪里不对", "怎么改"] and row[0] == "11" and "=HYPERLINK(9)" in row
    assert JournalEntry.objects.filter(act="exchange.return_rejects").count() == 2

    done = words(client.get(f"/desk/feeds/{number}/mend/"))
    assert "为什么撤销" in done
    client.post(f"/desk/feeds/mending/{ref}/undo/", {"why": "部门会重送"})
    assert [one.batch for one in queries.current_loads(people.NOON.date())] == [load.pk]


def test_another_department_finds_nothing_by_any_address(client, load):
    asked = actions.ask_correction(
        dataset="tekun",
        field="name",
        batch=load.pk,
        row_no=10,
        believed=None,
        evidence="空的",
        by=officer("", "shu"),
        at=people.NOON,
    )
    staged.signed_in(client, officer("health"))
    one = f"/desk/feeds/{load.pk}/"
    for address in (
        *(one, f"{one}mend/", f"{one}mend/rows/", f"{one}mend/rows/10/", f"{one}left.csv", f"{one}differ/name/"),
        *("/desk/quality/civil_affairs/", f"/desk/corrections/{asked.ref}/", "/desk/corrections/letter/civil_affairs/"),
        "/desk/corrections/letter/civil_affairs/list.xlsx",
    ):
        assert client.get(address).status_code == 404, address
    for address in (f"{one}mend/add/", f"{one}mend/apply/", f"{one}rejects/ask/", f"/desk/corrections/{asked.ref}/answer/"):
        assert client.post(address, {"kind": "drop", "move": "stand", "why": "x"}).status_code == 404, address
    assert "tekun" not in client.get("/desk/feeds/").content.decode().split("</select>")[-1]
    assert client.get("/desk/quality/").url == "/desk/quality/health/"
    staged.signed_in(client, people.clerk_li())
    assert client.get(f"{one}mend/").status_code == 403 == client.get("/desk/quality/").status_code


def test_a_request_is_asked_sent_answered_and_comes_in(client, load):
    ours, theirs = officer("", "shu"), officer("civil_affairs")
    staged.signed_in(client, ours)
    assert client.post(f"/desk/feeds/{load.pk}/rejects/ask/").status_code == 302
    assert Correction.objects.count() == 11
    letter = words(client.get("/desk/corrections/letter/civil_affairs/"))
    assert "第二十六条" in letter and "2026 年" in letter
    told = b"".join(client.get("/desk/corrections/letter/civil_affairs/list.xlsx").streaming_content)
    assert len(CalamineWorkbook.from_filelike(io.BytesIO(told)).get_sheet_by_index(0).to_python()) == 12
    client.post("/desk/corrections/letter/civil_affairs/")
    assert Correction.objects.filter(sent_at=None).count() == 0
    ref = Correction.objects.get(row_no=10).ref
    staged.signed_in(client, theirs)
    answer = client.post(f"/desk/corrections/{ref}/answer/", {"move": "stand", "why": ""})
    assert answer.status_code == 422 and "怎么核实" in answer.content.decode()
    client.post(f"/desk/corrections/{ref}/answer/", {"move": "correct", "value": "王芳", "why": "漏填"})
    assert "进来了" in words(client.get(f"/desk/corrections/{ref}/"))
    assert Correction.objects.get(ref=ref).applied.accepted == load.accepted + 1
    assert "待" not in Correction.objects.get(ref=ref).state


def test_the_director_sees_all_the_worst_first(client, load, django_assert_max_num_queries):
    director = people.clerk("jiang", "江涛", Role.DIRECTOR, people.CITY)
    staged.signed_in(client, director)
    with django_assert_max_num_queries(16):
        page = words(client.get("/desk/quality/"))
    assert "种从没送过" in page and page.index("civil_affairs") < page.index("bank")  # a bank is promised nothing
    assert "=HYPERLINK" not in page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_officer_mends_a_roll_in_the_browser(open_browser, tmp_path, settings):
    settings.LAKE = tmp_path / "lake"
    load = messy_load(tmp_path / "in")
    theirs = officer("civil_affairs")
    theirs.password = people.PASSWORD
    theirs.save()
    actions.ask_correction(
        dataset="tekun", field="name", batch=load.pk, row_no=10, believed=None, evidence="姓名空着", by=officer("", "shu"),
        at=people.NOON - timedelta(days=30),
    )  # fmt: skip
    page = open_browser(PHONE)
    sign_in(page, theirs.username)
    page.goto("/desk/quality/")
    page.get_by_role("heading", name="特困供养在册").wait_for()
    looked_at(page, "quality-department", fingers=())
    page.get_by_role("link", name="在这里改").first.click()
    page.get_by_role("button", name="一次改完 6 格").first.click()
    page.get_by_role("heading", name="照这样改，会怎样").wait_for()
    page.get_by_text("先日后月").first.click()
    page.get_by_role("button", name="一次改完 3 格").first.click()
    page.get_by_text("改了 3 格").wait_for()
    looked_at(page, "mend", fingers=())
    page.get_by_role("button", name="照这样收下").click()
    page.get_by_text("按修改重新收下了").wait_for()
    page.goto("/desk/corrections/")
    looked_at(page, "corrections", fingers=())
    page.get_by_role("link", name="jh").first.click()
    page.get_by_text("原来的不对，改正").click()
    page.get_by_label("改正后的值").fill("王芳")
    looked_at(page, "correction", fingers=())
    page.get_by_role("button", name="答复").click()
    page.get_by_text("改正的数据已经进来").first.wait_for()
