"""Finding and reading a person: for a purpose, which the person can read; numbers and accounts never in full."""

import pytest

import people
from doudi.office import queries as office
from web import staged

pytestmark = pytest.mark.django_db


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
