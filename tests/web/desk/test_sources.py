"""Sources at the desk: who is asked how, what is carried there and back, how far a check is; by whom, on which screens."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

import people
from doudi.office import queries as office
from doudi.office.core import ACTS, Role
from doudi.verification import actions, jobs
from doudi.verification.core import Asked, Basis
from doudi.verification.models import Answer, Dispatch, Question, Source
from verification.test_carried import FOUND, PAPER, fill, gao, tang
from web import staged
from web.browser import DESK, looked_at
from web.desk_login import sign_in

pytestmark = pytest.mark.django_db
NOON = people.NOON


@pytest.fixture(autouse=True)
def standing(monkeypatch):
    """Authorisations are tested beside them; here they stand."""
    monkeypatch.setattr("doudi.verification.actions.questions.lawful", lambda question, at: None)


def keep(way="file", code="fund", dataset="deposit", **more):
    given = {"label": "公积金中心", "dataset": dataset, "adapter": way} | more
    return actions.keep_source(code=code, by=people.HALL, at=NOON, **given)


def asked():
    granny = people.granny_wang()
    with patch("doudi.verification.actions.checks.standing", return_value={granny.pid: "SQ2026000001"}):
        return actions.request(
            subject="case", area=granny.area, programme="dibao", people=[Asked(granny.pid, granny.name, True)],
            sources=["deposit", "vehicle"], basis=Basis.CONSENT, by=people.clerk_li(), at=NOON,
        )  # fmt: skip


def test_a_source_is_registered_changed_and_stopped_by_who_may(client):
    city = people.clerk("shu", "舒文", Role.DATA, "990100")
    staged.signed_in(client, city)
    told = {
        "code": "bank-1", "label": "农信社", "dataset": "deposit", "adapter": "http", "address": "ftp://x", "answer_wd": "1",
        "daily_quota": "200", "at_once": "20", "public_key": "", "area": "",
    }  # fmt: skip
    wrong = client.post("/desk/sources/new/", told)
    assert wrong.status_code == 422 and "https://host/path" in wrong.content.decode()
    assert client.post("/desk/sources/new/", told | {"address": "https://bank.example/ask"}).url == "/desk/sources/one/bank-1/"
    page = client.get("/desk/sources/one/bank-1/").content.decode()
    assert "1 个工作日" in page and "200 问" in page and "https://bank.example/ask" in page
    asked()
    client.post("/desk/sources/one/bank-1/edit/", told | {"address": "https://bank.example/2", "answer_wd": "10"})
    assert Source.objects.get().answer_wd == 10
    staged.signed_in(
        client, people.clerk("wu2", "吴岚", Role.DATA, people.OTHER_COUNTY)
    )  # asked about people of other places too
    assert client.post("/desk/sources/one/bank-1/stop/").status_code == 422 and Source.objects.get().active
    staged.signed_in(client, city)
    client.post("/desk/sources/one/bank-1/stop/")
    assert Question.objects.get(source="bank-1").closed_why == "source_stopped"
    assert "停用了" in client.get("/desk/sources/").content.decode()


def test_a_file_out_and_back_over_the_page(client):
    keep()
    check = asked()
    staged.signed_in(client, gao())
    assert "等着寄送 1" in client.get("/desk/sources/queue/?pile=waiting").content.decode()
    out = client.post("/desk/sources/one/fund/out/").url
    assert "SHA-256" in client.get(out).content.decode()
    assert any(line.act == "office.look" for line in office.journal_of(people.granny_wang().pid))
    table = client.get(f"{out}table.csv")
    assert table.content.decode() == Dispatch.objects.get().content
    bad = SimpleUploadedFile("a.csv", fill(table.content.decode(), (1, FOUND | {"余额": "很多"})).encode())
    answer = client.post("/desk/sources/one/fund/back/", {"file": bad})
    assert answer.status_code == 422 and "第 2 行“余额”" in answer.content.decode()
    good = fill(table.content.decode(), (1, FOUND)).encode()
    for again in range(2):
        assert client.post("/desk/sources/one/fund/back/", {"file": SimpleUploadedFile("a.csv", good)}).status_code == 302, again
    assert Answer.objects.filter(question__source="fund").count() == 1
    page = client.get(f"/desk/sources/checks/{check.ref}/").content.decode()
    assert "2 个来源回来 2 个" in page and "王桂兰" not in page


def test_a_paper_answer_is_typed_by_one_and_seen_by_another(client):
    keep("letter")
    asked()
    staged.signed_in(client, gao())
    client.post("/desk/sources/one/fund/out/")
    ref = Question.objects.get(source="fund").ref
    here = f"/desk/sources/questions/{ref}/"
    more = client.post(here, {"said": "found", "rows": "1", "more": "1", "row1-balance": "88"})
    assert more.status_code == 200 and 'value="88"' in more.content.decode() and "第 2 笔" in more.content.decode()
    told = {"said": "found", "as_of": "2026-06-28", "rows": "2", "row1-balance_date": "2026-06-28", "row1-balance": "88"}
    assert "照片" in client.post(here, told).content.decode()
    file = SimpleUploadedFile("a.pdf", PAPER, content_type="application/pdf")
    assert client.post(here, told | {"paper": file}).status_code == 302
    assert "请另一位同事" in client.get(here).content.decode()
    assert client.post(f"{here}look/", {"agree": "yes"}).status_code == 422
    staged.signed_in(client, tang())
    assert client.post(f"{here}look/", {}).status_code == 422
    assert client.post(f"{here}look/", {"agree": "yes"}).status_code == 302
    assert Answer.objects.get(question__source="fund").said == "found"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.RESIDENT])
@pytest.mark.parametrize("area", [people.COUNTY, people.OTHER_COUNTY])
def test_who_sees_what_of_the_asking(client, role, area):
    keep("letter")
    check, one = asked(), None
    actions.dispatch(source="fund", by=gao(), at=NOON)
    one = Question.objects.get(source="fund")
    staged.signed_in(client, people.clerk(f"x{role}{area}", "某人", role, area))
    here, carries = area == people.COUNTY, role == Role.VERIFICATION
    seen = {
        f"/desk/sources/checks/{check.ref}/": here and core_may("check.read", role),
        f"/desk/sources/questions/{one.ref}/": here and carries,
        f"/desk/sources/out/{Dispatch.objects.get().number}/": here and carries,
        f"/desk/sources/out/{Dispatch.objects.get().number}/table.csv": here and carries,
        "/desk/sources/": core_may("source.list", role),
        "/desk/sources/queue/": carries,
        "/desk/sources/one/fund/": core_may("source.list", role),
    }
    assert {path: client.get(path).status_code == 200 for path in seen} == seen
    if core_may("source.list", role):
        page = client.get("/desk/sources/one/fund/").content.decode()
        assert ("王*兰" in page) == here and ("等回 1" in page) == here


def core_may(act: str, role: Role) -> bool:
    return role in ACTS[act][1]


@pytest.mark.parametrize("path", ["", "one/fund/", "queue/?pile=sent", "check"])
def test_the_pages_ask_the_same_few_questions_however_many_there_are(client, path, django_assert_max_num_queries):
    keep("letter")
    check = asked()
    for number in range(5):
        keep("letter", code=f"s{number}", dataset="vehicle")
        asked()
    staged.signed_in(client, gao())
    where = f"checks/{check.ref}/" if path == "check" else path
    with django_assert_max_num_queries(22):
        assert client.get(f"/desk/sources/{where}").status_code == 200


@pytest.mark.browser
def test_sources_on_screens(open_browser):
    keep("letter")
    keep("http", code="bank-1", label="农信社", address="http://127.0.0.1:9/ask", dataset="vehicle", daily_quota=200)
    check = asked()
    with patch("doudi.verification.jobs.asking.AT_ONCE", 1):
        jobs.ask_sources(by=people.HALL, now=lambda: NOON)
    actions.dispatch(source="fund", by=gao(), at=NOON)
    one = Question.objects.get(source="fund")
    page = open_browser(DESK)
    sign_in(page, "gao")
    for name, path in {
        "list": "", "one": "one/bank-1/", "letter-source": "one/fund/", "queue": "queue/?pile=sent", "new": "new/",
        "progress": f"checks/{check.ref}/", "letter": f"out/{Dispatch.objects.get().number}/", "typing": f"questions/{one.ref}/",
    }.items():  # fmt: skip
        page.goto(f"/desk/sources/{path}")
        looked_at(page, f"sources-{name}", fingers=())
