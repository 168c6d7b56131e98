"""The door for machines: tokens, alerts, and what an open reader may learn."""

import json
from datetime import date

import pytest

import people
from doudi.monitoring import actions as monitoring
from doudi.monitoring.core import Finding
from doudi.office import actions as office
from doudi.web.api import tokens
from web import staged

pytestmark = pytest.mark.django_db


def ask(client, token):
    return client.get("/api/v1/alerts", HTTP_AUTHORIZATION=f"Bearer {token}")


@pytest.mark.parametrize("token", ["", "nonsense", "eyJjbGVyayI6Ind1In0:1abc:def"])
def test_without_a_token_nothing_is_read(client, token):
    assert ask(client, token).status_code == 401


def test_a_token_ends_with_the_password(client):
    li = people.clerk_li()
    token = tokens.issue(li)
    assert ask(client, token).status_code == 200
    li.set_password("another-long-word")
    li.save()
    assert ask(client, token).status_code == 401


def test_a_token_ends_with_the_post(client):
    li = people.clerk_li()
    token = tokens.issue(li)
    post = li.posts.get()
    office.dismiss(post_id=post.pk, on=people.NOON.date().replace(month=1, day=2), by=people.HALL, at=people.NOON)
    assert ask(client, token).status_code == 403


def test_it_describes_itself(client):
    said = client.get("/api/v1/openapi.json").json()
    assert {"/api/v1/feeds/{dataset}/rows", "/api/v1/progress/{receipt}", "/api/v1/health", "/api/v1/alerts"} <= set(
        said["paths"]
    )
    page = client.get("/api/v1/docs").content.decode()
    assert "Idempotency-Key" in page and "http://" not in page.replace("http://www.w3.org", "")


def test_health(client):
    assert client.get("/api/v1/health").json()["status"] == "ok"


def test_a_wrong_receipt_is_nobody(client):
    assert client.get("/api/v1/progress/99010126000999").status_code == 404


def noticed(n, area):
    granny = people.granny_wang()
    return Finding(
        indicator="ST-01", level="O", subject_kind="person", subject=granny.pid, pid=granny.pid, hid="h" + "1" * 20,
        area=area, masked_name="王*兰", basis=f"2026-06-{n}", mask=1, values="{}",
    )  # fmt: skip


def test_alerts_of_the_tokens_area_only_a_page_at_a_time(client, monkeypatch):
    staged.set_the_stage(monkeypatch)
    areas = [people.VILLAGE, people.VILLAGE, people.OTHER_VILLAGE, people.OTHER_TOWNSHIP]
    monitoring.publish(
        [noticed(n, area) for n, area in enumerate(areas)],
        cycle="c", judged_on=date(2026, 6, 30), counts={}, by=people.HALL, at=staged.TODAY,
    )  # fmt: skip
    token = {"HTTP_AUTHORIZATION": f"Bearer {tokens.issue(people.clerk_li())}"}
    first = client.get("/api/v1/alerts?limit=2", **token).json()
    rest = client.get("/api/v1/alerts", {"limit": 2, "after": first["next"]}, **token).json()
    found = first["rows"] + rest["rows"]
    assert len({row["ref"] for row in found}) == 3
    assert {row["area"] for row in found} == {people.VILLAGE, people.OTHER_VILLAGE}
    assert rest["next"] == "" and {row["name"] for row in first["rows"]} == {"王*兰"}
    assert people.granny_wang().pid not in json.dumps(first)


@pytest.mark.parametrize("wrong", ["state=sleeping", "limit=0", "limit=5000", "after=yesterday"])
def test_a_wrong_question_is_refused_in_words(client, monkeypatch, wrong):
    staged.set_the_stage(monkeypatch)
    token = {"HTTP_AUTHORIZATION": f"Bearer {tokens.issue(people.clerk_li())}"}
    assert client.get(f"/api/v1/alerts?{wrong}", **token).status_code == 422


def test_alerts_need_a_post_that_reads_them(client):
    token = {"HTTP_AUTHORIZATION": f"Bearer {tokens.issue(people.keeper_wu())}"}
    assert client.get("/api/v1/alerts", **token).status_code == 403


def test_a_receipt_shows_how_far_it_is_and_nothing_about_who(client, monkeypatch):
    staged.set_the_stage(monkeypatch)
    case = staged.shown()
    answer = client.get(f"/api/v1/progress/{case.receipt}")
    said = answer.json()
    assert said["state"] == "shown" and said["stages"][0]["label"] == "收到您的申请"
    granny = people.granny_wang()
    for secret in (granny.name, granny.masked_name, granny.citizen_no, "石磨村", case.ref):
        assert secret not in answer.content.decode()
