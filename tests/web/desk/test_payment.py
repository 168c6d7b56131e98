"""The month's payment: two people, one file, answers of the bank; nothing for other counties."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

import people
from doudi.office.core import Role
from doudi.payment.models import Run
from web import staged

pytestmark = pytest.mark.django_db
MONTH = "2026-08"


def officer_sun():
    return people.clerk("sunli", "孙丽", Role.COUNTY, people.COUNTY)


def built(client):
    staged.confirmed()
    answer = staged.signed_in(client, people.officer_zhao()).post("/desk/payment/", {"month": MONTH})
    assert answer.status_code == 302, answer.content.decode()
    return answer.url


def test_building_shows_lines_and_sums(client):
    words = client.get(built(client)).content.decode()
    assert (
        "王*兰" in words
        and "王桂兰" not in words
        and "尾号 8830" in words
        and "对得上" in words
        and "等审批" not in words.split("<main")[0]
    )


def test_who_built_does_not_approve_and_another_does(client):
    address = built(client)
    words = client.get(address).content.decode()
    assert "同意发放这" not in words
    assert client.post(f"{address}approve/").status_code == 422
    staged.signed_in(client, officer_sun())
    assert "同意发放这 1 笔" in client.get(address).content.decode()
    assert client.post(f"{address}approve/").status_code == 302
    assert Run.objects.get().state == "approved"


def test_the_file_is_the_one_its_checksum_proves(client):
    address = built(client)
    assert client.get(f"{address}file/").status_code == 404
    staged.signed_in(client, officer_sun())
    client.post(f"{address}approve/")
    assert client.post(f"{address}send/").status_code == 302
    content = client.get(f"{address}file/").content
    sha256 = hashlib.sha256(content).hexdigest()
    assert sha256 in client.get(address).content.decode() and sha256 in client.get(f"{address}checksum/").content.decode()


def test_a_file_that_does_not_fit_changes_nothing(client):
    address = built(client)
    staged.signed_in(client, officer_sun())
    client.post(f"{address}approve/")
    client.post(f"{address}send/")
    assert client.post(f"{address}returns/", {}).status_code == 422
    wrong = SimpleUploadedFile("back.csv", "别的文件\n1,2,3\n".encode())
    answer = client.post(f"{address}returns/", {"file": wrong})
    assert answer.status_code == 422 and Run.objects.get().state == "sent"


def test_a_month_nobody_can_read_is_said(client):
    staged.signed_in(client, people.officer_zhao())
    answer = client.post("/desk/payment/", {"month": "下个月"})
    assert answer.status_code == 422 and "月份写成" in answer.content.decode()


def test_other_counties_and_other_posts_see_none_of_it(client):
    address = built(client)
    other = people.clerk("tang", "唐华", Role.COUNTY, people.OTHER_COUNTY)
    assert staged.signed_in(client, other).get(address).status_code == 404
    assert client.post(f"{address}approve/").status_code == 404
    assert address not in client.get("/desk/payment/").content.decode()
    assert staged.signed_in(client, people.worker_wang()).get("/desk/payment/").status_code == 403
    assert staged.signed_in(client, people.director_lin()).post("/desk/payment/", {"month": MONTH}).status_code in (403, 404)
