"""Visits: six taps, no typing, kept once however often they are sent; with a yes and consent a case opens."""

import json

import pytest

import people
from doudi.casework.models import Case
from doudi.monitoring import actions, queries
from doudi.monitoring.models import Visit
from web import staged

pytestmark = pytest.mark.django_db
TAPS = {"home": "yes", "true": "yes", "living": "hard", "care": "no", "urgent": "no"}
ONCE = "5f0c1d2e3a4b5c6d7e8f"


@pytest.fixture
def asked(client):
    """Wang was asked to visit; she is at the phone."""
    ref = staged.alerted(indicator="A01")
    people.worker_wang()
    actions.assign(ref=ref, worker="wang", by=people.clerk_li(), at=staged.TODAY)
    staged.signed_in(client, people.worker_wang())
    return ref


def send(client, ref, **more):
    return client.post(f"/field/visit/{ref}/", {**TAPS, "once": ONCE, "way": "visit", "wish": "no", "note": "", **more})


def test_today_lists_whom_to_visit_and_why(client, asked):
    words = client.get("/field/").content.decode()
    assert "今天要走 1 户" in words and "王*兰" in words and "王桂兰" not in words


def test_the_page_asks_six_things_and_needs_no_typing(client, asked):
    words = client.get(f"/field/visit/{asked}/").content.decode()
    assert words.count('<fieldset class="question') <= 8 and "王桂兰家" in words
    assert words.count("required") <= 30 and '<textarea name="note"' in words and "checked" not in words


def test_a_visit_is_kept_once(client, asked):
    assert send(client, asked).status_code == 302
    assert send(client, asked).status_code == 302
    assert Visit.objects.count() == 1 and Case.objects.count() == 0


def test_what_is_left_out_is_named_and_the_rest_is_kept(client, asked):
    answer = send(client, asked, care="", note="屋顶漏雨")
    words = answer.content.decode()
    assert answer.status_code == 422 and "有人照顾吗”还没点" in words and "屋顶漏雨" in words


def test_a_yes_needs_consent_and_then_opens_a_case(client, asked):
    granny = people.granny_wang()
    assert send(client, asked, wish="yes").status_code == 422
    done = send(client, asked, wish="yes", agreed=[granny.pid], channel="paper")
    assert done.status_code == 302, done.content.decode()
    assert "案卷开好了" in client.get(done.url).content.decode()
    case = Case.objects.get()
    assert (case.applicant, case.origin, case.state) == (granny.pid, "visit", "submitted")  # the township takes it in
    detail = queries.alert(asked, staged.viewer_of(people.clerk_li()))
    assert detail.outcome == "愿意申请，已立案"


def test_the_phone_sends_what_it_kept_and_hears_in_plain_answers(client, asked):
    sent = client.post(
        f"/field/visit/{asked}/", {**TAPS, "once": ONCE, "way": "visit", "wish": "no", "note": "", "waited": "7200"},
        headers={"Accept": "application/json"},
    )  # fmt: skip
    assert json.loads(sent.content) == {"state": "kept"}
    assert (staged.TODAY - Visit.objects.get().visited_at).total_seconds() == pytest.approx(7200, abs=60)
    refused = client.post(f"/field/visit/{asked}/", {**TAPS, "once": ONCE[:-1]}, headers={"Accept": "application/json"})
    assert refused.status_code == 422 and json.loads(refused.content)["words"]


def test_a_fresh_token_and_the_worker_are_for_who_visits(client, asked):
    assert set(json.loads(client.get("/field/fresh/").content)) == {"token", "clerk"}
    worker = client.get("/field/sw.js")
    assert worker["Content-Type"].startswith("text/javascript") and "field-store" in worker.content.decode()
    client.logout()
    assert client.get("/field/fresh/").status_code == 302


def test_nobody_else_sees_the_visit(client, asked):
    other = people.clerk("he2", "何芳", people.Role.VILLAGE, people.VILLAGE)
    staged.signed_in(client, other)
    assert client.get(f"/field/visit/{asked}/").status_code == 404
    assert send(client, asked).status_code == 404
    staged.signed_in(client, people.clerk_sun())
    assert client.get(f"/field/visit/{asked}/").status_code == 404
