"""Bringing a file by hand: looked at first, taken in on a yes; receipts, senders and sources for those who may."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

import people
from doudi.exchange import actions, queries
from doudi.exchange.core import signing
from doudi.exchange.models import Load, Receipt, Source, Upload
from doudi.office import actions as office
from doudi.office.core import Role
from exchange_feeds import tekun_rows, text
from web import staged
from web.browser import PHONE, looked_at
from web.desk_login import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_lake(tmp_path: Path, settings):
    settings.LAKE = tmp_path / "lake"


def register(**more):
    told = {"label": "民政局", "department_code": "civil_affairs", "datasets": ["tekun"], "doors": ["desk"]}
    actions.keep_sender(code="civil", by=people.HALL, at=people.NOON, **{**told, **more})


def sheet(count=20):
    rows = tekun_rows(count)
    rows[2][7], rows[5][2] = "2026-13-40", " "
    return SimpleUploadedFile("tekun_2026-06-30.csv", text(rows).encode())


def bring(client, file=None, **more):
    return client.post("/desk/feeds/upload/", {"sender": "civil", "file": file or sheet(), **more})


def test_a_file_is_looked_at_column_by_column_and_taken_in_on_a_yes(client):
    register()
    staged.signed_in(client, people.keeper_wu())
    answer = bring(client)
    page = client.get(answer.url).content.decode()
    for words in ("特困供养在册", "没有这一天", "第 3 行，起始日期：2026-13-40", "供养证号", "还没有收下"):
        assert words in page
    assert tekun_rows(1)[0][1] not in page and tekun_rows(1)[0][2] not in page  # who it is about is not written out
    assert Load.objects.count() == 0
    receipt = client.get(client.post(answer.url).url).content.decode()
    load = Load.objects.get()
    assert (load.accepted, load.rejected, load.sender, str(load.as_of)) == (18, 2, "civil", "2026-06-30")
    assert load.received_by == f"clerk:{people.keeper_wu().ref}"
    for words in ("SJ0000", "民政局", "网页上传", "18 行", "必填的格是空的", load.delivery):
        assert words in receipt
    assert client.get(answer.url).status_code == 302  # again: the receipt
    assert "没有收" not in client.get("/desk/feeds/receipts/").content.decode()


def test_thrown_away_nothing_stays(client):
    register()
    staged.signed_in(client, people.keeper_wu())
    answer = bring(client)
    client.post(answer.url, {"give_up": "1"})
    assert (Load.objects.count(), Receipt.objects.count(), Upload.objects.get().receipt) == (0, 0, None)
    assert list((queries.lake().root / "incoming").iterdir()) == []
    assert client.get(answer.url).url == "/desk/feeds/upload/"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"sender": ""}, "哪个部门"),
        ({"sender": "police"}, "哪个部门"),
        ({"as_of": "昨天"}, "2026-06-30"),
        ({"file": ""}, "选文件"),
    ],
)
def test_what_is_missing_is_said(client, more, words):
    register()
    staged.signed_in(client, people.keeper_wu())
    answer = client.post("/desk/feeds/upload/", {"sender": "civil", "file": sheet(), **more})
    assert answer.status_code == 422 and words in answer.content.decode()


def test_a_file_of_something_else_is_shown_as_such_and_refused_with_a_receipt(client):
    register(datasets=["death"])
    staged.signed_in(client, people.keeper_wu())
    answer = bring(client)
    receipt = client.get(client.post(answer.url).url).content.decode()
    assert "没有登记送特困供养在册" in receipt and Load.objects.count() == 0
    junk = bring(client, SimpleUploadedFile("x.csv", b"\0" * 900))
    page = client.get(junk.url).content.decode()
    assert "这份收不了" in page and "不是文本" in page and 'name="take"' not in page


def test_another_officer_does_not_see_an_upload_and_a_department_brings_only_its_own(client):
    register()
    actions.keep_sender(
        code="tax", label="税务局", department_code="tax", datasets=["income"], doors=["desk"], by=people.HALL, at=people.NOON
    )
    staged.signed_in(client, people.keeper_wu())
    first = bring(client).url
    receipt = client.post(bring(client).url).url
    of_tax = people.clerk("shuiwu", "水务", Role.DATA, people.COUNTY)
    post = of_tax.posts.get()
    office.dismiss(post_id=post.pk, on=people.NOON.date().replace(month=1, day=2), by=people.HALL, at=people.NOON)
    office.appoint(
        clerk=of_tax, role=Role.DATA, area=people.COUNTY, department="tax", from_on=people.NOON.date().replace(month=1, day=3),
        by=people.HALL, at=people.NOON,
    )  # fmt: skip
    staged.signed_in(client, of_tax)
    page = client.get("/desk/feeds/upload/").content.decode()
    assert "税务局" in page and "民政局" not in page
    assert client.get(first).status_code == 404 and client.get(receipt).status_code == 404
    assert bring(client).status_code == 422
    assert "民政局" not in client.get("/desk/feeds/senders/").content.decode()
    assert client.get("/desk/feeds/senders/civil/").status_code == 403


def test_senders_are_kept_on_a_page(client):
    staged.signed_in(client, people.keeper_wu())
    said = {
        "code": "civil",
        "label": "民政局",
        "department_code": "civil_affairs",
        "datasets": ["tekun", "death"],
        "doors": ["push"],
    }
    assert client.post("/desk/feeds/senders/new/", {**said, "doors": []}).status_code == 422
    assert client.post("/desk/feeds/senders/new/", said).url == "/desk/feeds/senders/civil/"
    assert client.post("/desk/feeds/senders/civil/", {"public_key": "nonsense"}).status_code == 422
    public = signing.new_key()[1]
    client.post("/desk/feeds/senders/civil/", {"public_key": public})
    assert signing.key_id(public) in client.get("/desk/feeds/senders/").content.decode()
    client.post("/desk/feeds/senders/civil/", {"stop": "1"})
    assert queries.sender("civil").active is False
    staged.signed_in(client, people.auditor_chen())
    assert "停用了" in client.get("/desk/feeds/senders/").content.decode()
    assert client.get("/desk/feeds/senders/civil/").status_code == 403


def test_sources_show_where_and_what_came_but_no_password(client):
    register(doors=["pull"])
    where = {"dsn": "postgresql://u:Geheim@db.example/ju", "table": "tk"}
    actions.keep_source(code="roll", sender="civil", dataset="tekun", **where, by=people.HALL, at=people.NOON)
    source = queries.sources()[0]
    assert source.pulls == ()
    actions.note_pull(source=Source.objects.get().pk, rows=0, problem="连不上", receipt=None, by=people.HALL, at=people.NOON)
    staged.signed_in(client, people.keeper_wu())
    page = client.get("/desk/feeds/sources/").content.decode()
    assert "db.example" in page and "连不上" in page and "Geheim" not in page
    staged.signed_in(client, people.clerk_li())
    assert client.get("/desk/feeds/sources/").status_code == 403


def test_lists_ask_the_database_a_fixed_number_of_times(client, django_assert_max_num_queries):
    for at in range(12):
        told = {"label": f"第{at}", "department_code": "civil_affairs", "datasets": ["tekun"], "doors": ["pull"]}
        actions.keep_sender(code=f"c{at}", **told, by=people.HALL, at=people.NOON)
        where = {"dataset": "tekun", "dsn": "sqlite:///x", "table": "t"}
        actions.keep_source(code=f"s{at}", sender=f"c{at}", **where, by=people.HALL, at=people.NOON)
    staged.signed_in(client, people.keeper_wu())
    for path in ("senders", "sources", "receipts", "upload"):
        with django_assert_max_num_queries(14):
            client.get(f"/desk/feeds/{path}/")


@pytest.mark.browser
def test_a_file_goes_up_in_a_real_browser_on_a_phone_and_at_a_desk(open_browser, tmp_path):
    register()
    people.keeper_wu()
    path = tmp_path / "tekun_2026-06-30.csv"
    path.write_bytes(sheet().read())
    page = open_browser(PHONE)
    sign_in(page, people.keeper_wu().username)

    def look(name):
        looked_at(page, f"feeds-{name}", fingers=())

    page.goto("/desk/feeds/upload/")
    look("upload")
    page.locator("#sender").select_option("civil")
    page.locator("#file").set_input_files(path)
    page.get_by_role("button", name="送上去看看").click()
    page.get_by_role("heading", name="看起来是特困供养在册").wait_for()
    look("look")
    page.get_by_role("button", name="收下").click()
    page.get_by_role("heading", name="收据 SJ").wait_for()
    look("receipt")
    for name in ("senders", "senders/civil", "sources", "receipts"):
        page.goto(f"/desk/feeds/{name}/")
        look(name.replace("/", "-"))
