"""For those who watch: figures counted when opened, a story with proofs, a journal anybody can check."""

import json

import pytest

import people
from doudi.office import merkle
from doudi.office import queries as office
from doudi.office.models import JournalEntry
from web import staged

pytestmark = pytest.mark.django_db


def test_figures_are_counted_in_the_database(client):
    staged.confirmed()
    words = staged.signed_in(client, people.director_lin()).get("/audit/").content.decode()
    assert "禾安县" in words and "<b>1</b> 户正在领" in words and "没有过期限的" in words


def test_the_director_sees_figures_but_no_story_without_a_number(client):
    case = staged.accepted()
    staged.signed_in(client, people.director_lin())
    assert client.get("/audit/").status_code == 200
    assert client.get(f"/audit/story/{case.ref}/").status_code == 404


def test_the_story_of_a_case_with_a_proof_that_holds(client):
    case = staged.confirmed()
    staged.signed_in(client, people.auditor_chen())
    client.post("/audit/journal/sign/")
    found = client.get("/audit/story/", {"q": case.receipt})
    assert found.status_code == 302 and found.url == f"/audit/story/{case.ref}/"
    words = client.get(found.url).content.decode()
    for part in ("交了申请", "受理", "写了初步意见", "公示期满", "县里确认", "取这一行的证明"):
        assert part in words
    line = next(one for one in office.journal_of(case.ref) if one.act == "casework.confirm")
    proof = json.loads(client.get(f"/audit/journal/{line.seq}/proof/").content)
    assert merkle.check_proof(proof)["line"]["act"] == "casework.confirm"
    assert "监督检查" in [one.purpose for one in office.looks(case.applicant)]


def test_verifying_names_the_line_that_was_changed(client):
    case = staged.accepted()
    staged.signed_in(client, people.auditor_chen())
    words = client.post("/audit/journal/verify/", follow=True).content.decode()
    assert "每一行都和写下时一样" in words
    line = office.journal_of(case.ref)[0]
    JournalEntry.objects.filter(seq=line.seq).update(act="casework.withdraw")
    words = client.post("/audit/journal/verify/", follow=True).content.decode()
    assert f"第 {line.seq} 行 JournalEntry.act" in words


def test_a_line_not_signed_yet_has_no_proof(client):
    staged.accepted()
    staged.signed_in(client, people.auditor_chen())
    assert client.get("/audit/journal/0/proof/").status_code == 404
    assert client.get("/audit/journal/checkpoint/").status_code == 404


@pytest.mark.parametrize("who", [people.clerk_li, people.worker_wang, people.officer_zhao, people.keeper_wu, people.checker_he])
def test_who_works_does_not_watch(client, who):
    case = staged.accepted()
    staged.signed_in(client, who())
    for address in (f"/audit/story/{case.ref}/", "/audit/journal/", "/audit/story/"):
        assert client.get(address).status_code == 403


def test_another_countys_auditor_learns_nothing(client):
    case = staged.accepted()
    other = people.clerk("ouyang", "欧阳", people.Role.AUDITOR, people.OTHER_COUNTY)
    staged.signed_in(client, other)
    assert client.get(f"/audit/story/{case.ref}/").status_code == 404
    assert client.get(f"/audit/story/{case.applicant}/").status_code == 404


def test_figures_read_a_fixed_number_of_times(client, django_assert_max_num_queries):
    staged.confirmed()
    staged.signed_in(client, people.auditor_chen()).get("/audit/")
    with django_assert_max_num_queries(14):
        client.get("/audit/")
