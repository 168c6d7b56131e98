"""Pages of task orders and checks of rolls: from a draft to the cause a person gives, readable at both sizes."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from django.urls import reverse

from doudi.office import queries as office
from doudi.office.models import JournalEntry
from doudi.verification import jobs
from doudi.verification.models import Anomaly, Sample, TaskOrder
from exchange_feeds import TEKUN
from people import COUNTY, NOON, VILLAGE, auditor_chen, checker_he, clerk_li, granny_wang, officer_zhao, places
from verification.rolls import SUBSIDY, deliver, found_on_a_roll, subsidy, tekun
from web import staged
from web.browser import DESK, looked_at
from web.phone_login import carry_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def lake(tmp_path: Path, settings, monkeypatch) -> Path:
    settings.LAKE = tmp_path / "lake"
    monkeypatch.setattr(office, "now", lambda: NOON)
    places()
    return tmp_path


def test_from_a_draft_to_a_cause(client, lake: Path) -> None:
    deliver(lake, "disability_subsidy", SUBSIDY, [subsidy(n) for n in range(5)])
    deliver(lake, "tekun", TEKUN, [tekun(0), tekun(1)])
    staged.signed_in(client, checker_he())
    told = {"purpose": "按季度复核", "rolls": ["disability_subsidy"], "datasets": ["tekun", "death"], "area": COUNTY}
    assert client.post(reverse("desk:order-new"), told).status_code == 422  # no days
    order = client.post(reverse("desk:order-new"), told | {"from_on": "2026-07-01", "until_on": "2026-12-31"}).url
    assert client.post(f"{order}approve/").status_code == 403
    assert "现在没有能用的任务单" in client.get(reverse("desk:check-new")).content.decode()
    staged.signed_in(client, officer_zhao())
    assert client.post(f"{order}approve/").url == order
    staged.signed_in(client, checker_he())
    number = TaskOrder.objects.get().number
    new = f"{reverse('desk:check-new')}?order={number}"
    assert client.post(new, {"roll": "disability_subsidy", "against": ["deposit"]}).status_code == 422  # not on the order
    run = client.post(new, {"roll": "disability_subsidy", "against": ["*"]}).url
    assert "排队等着核对" in client.get(run).content.decode() and client.get(f"{run}progress/").status_code == 200
    assert jobs.work_off(at=NOON) == 1
    shown = client.get(run).content.decode()
    assert "5 人里有 <b>2</b> 人要核实" in shown and "没有回话" in shown and "新的 <b>2</b>" in shown
    listed = client.get(reverse("desk:anomalies")).content.decode()
    assert "2 条疑点" in listed and "王*英" in listed and "王秀英" not in listed
    ref = Anomaly.objects.order_by("pk").first().ref
    one = reverse("desk:anomaly", args=[ref])
    assert "特困" in client.get(one).content.decode()
    assert JournalEntry.objects.filter(act="office.look", subject=Anomaly.objects.get(ref=ref).pid).exists()
    assert client.post(f"{one}close/", {"cause": "twin"}).status_code == 422
    assert client.post(f"{one}hand/", {"whom": "township", "note": "请看看"}).url == one
    staged.signed_in(client, clerk_li())
    assert "核对的疑点 1 条" in client.get(reverse("desk:today")).content.decode().replace("<b>", "").replace("</b>", "")
    assert client.post(f"{one}close/", {"cause": "twin", "note": "看了，是两个人"}).url == one
    assert client.get(run).status_code == 403  # the township works on what it was handed, not on the roll
    staged.signed_in(client, checker_he())
    assert "是两个人" in client.get(run).content.decode()
    assert client.post(f"{run}draw/", {"hits": "0", "percent": "100", "seed": "abcd"}).url
    sample = Sample.objects.get()
    looked = reverse("desk:check-look", args=[sample.ref, 1])
    assert client.post(looked, {"p1-result": "wrong", "p1-note": ""}).status_code == 422
    assert client.post(looked, {"p1-result": "wrong", "p1-note": "漏了，另有一行"}).status_code == 302
    assert "漏了 1/1" in client.get(run).content.decode()


def test_a_list_is_taken_away_for_a_purpose_and_noted(client) -> None:
    granny = granny_wang()
    found_on_a_roll(granny.pid, "=王桂兰", granny.citizen_no, area=VILLAGE)
    staged.signed_in(client, checker_he())
    address = reverse("desk:anomalies-csv")
    assert client.post(address, {"why": ""}).status_code == 422
    answer = client.post(f"{address}?state=open", {"why": "给县里开会用"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["什么问题"] for row in rows] == ["同月领特困供养和低保"]
    assert rows[0]["姓名"].startswith("'=") and granny.citizen_no not in rows[0]["公民身份号码"]
    line = JournalEntry.objects.get(act="verification.export_anomalies")
    assert "给县里开会用" in line.detail
    staged.signed_in(client, auditor_chen())
    assert client.post(address, {"why": "看看"}).status_code == 403


@pytest.mark.parametrize("count", [1, 12])
def test_as_many_queries_for_many_rows_as_for_one(client, django_assert_max_num_queries, count: int) -> None:
    granny = granny_wang()
    refs = found_on_a_roll(granny.pid, "王桂兰", granny.citizen_no, area=VILLAGE)
    first = Anomaly.objects.get(ref=refs["anomaly"])
    for n in range(1, count):
        first.pk, first.ref, first.pid = None, f"yd{n:016}", f"p{n:020}"
        first.save()
    staged.signed_in(client, checker_he())
    client.get(reverse("desk:anomalies"))
    with django_assert_max_num_queries(14):
        client.get(reverse("desk:anomalies"))
    with django_assert_max_num_queries(14):
        client.get(reverse("desk:checks"))


@pytest.mark.browser
def test_the_pages_are_readable_at_both_sizes(open_browser, client, live_server, monkeypatch) -> None:
    monkeypatch.setattr(office, "now", lambda: NOON)
    granny = granny_wang()
    refs = found_on_a_roll(granny.pid, "王桂兰", granny.citizen_no, area=VILLAGE)
    staged.signed_in(client, checker_he())
    page = open_browser(DESK)
    carry_on(page, client, live_server)
    addresses = {
        "order-new": reverse("desk:order-new"),
        "order": reverse("desk:order", args=[refs["order"]]),
        "check-new": f"{reverse('desk:check-new')}?order={refs['order']}",
        "check": reverse("desk:check-one", args=[refs["roll_run"]]),
        "anomalies": reverse("desk:anomalies"),
        "anomaly": reverse("desk:anomaly", args=[refs["anomaly"]]),
        "sample": reverse("desk:check-sample", args=[refs["sample"]]),
    }
    for name, address in addresses.items():
        page.goto(address)
        looked_at(page, f"checks-{name}", fingers=())
