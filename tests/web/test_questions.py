"""A difference is a question to the family: on their phone, at the door, by telephone. Nothing is settled by what they say."""

import io
import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image

import people
import walk
from doudi.casework import actions
from doudi.casework.models import Case, Question
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.office.models import Notice
from doudi.verification import queries as verification
from doudi.verification.core.kinds import kinds
from doudi.verification.models import Statement
from doudi.web.parts.words_asking import ASKING
from web import staged
from web.phone_login import signed_in

pytestmark = pytest.mark.django_db
ONCE = "5f0c1d2e3a4b5c6d7e8f"


@pytest.fixture(autouse=True)
def sources(monkeypatch):
    return staged.set_the_stage(monkeypatch)


@pytest.fixture
def car(sources):
    """Granny's case, taken in; a car she did not speak of stands in her name. The question about it."""
    granny = people.granny_wang()
    sources.row(granny.pid, "vehicle", plate="禾A1", **{"class": "car"}, first_registered=date(2015, 5, 1), status="normal")
    staged.accepted()
    return Question.objects.get(kind="vehicle")


def photo():
    held = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(held, "JPEG")
    return SimpleUploadedFile("contract.jpg", held.getvalue(), "image/jpeg")


def test_a_difference_is_asked_on_the_phone_and_answered_by_one_tap(client, car):
    signed_in(client, car.pid)
    home = client.get("/my/").content.decode()
    assert "有 1 处和查到的不一样，想问您一句" in home
    assert "有 1 处和查到的不一样" in client.get(f"/my/cases/{Case.objects.get().ref}/").content.decode()
    listed = client.get("/my/questions/").content.decode()
    assert "登记着您名下有一辆车" in listed and "不急" in listed
    page = client.get(f"/my/questions/{car.ref}/").content.decode()
    assert "已经卖了，还没过户" in page and "说不清" in page and "checked" not in page

    done = client.post(
        f"/my/questions/{car.ref}/", {"choice": "sold", "words": "卖给了邻村的老李", "once": ONCE, "photo": photo()}
    )

    assert done.status_code == 302, done.content.decode()
    said = Statement.objects.get()
    assert (said.choice, said.words, said.channel, bool(said.paper)) == ("sold", "卖给了邻村的老李", "screen", True)
    car.refresh_from_db()
    assert car.choice == "" and Case.objects.get().state == "investigating"  # a person still judges
    assert "现在没有要问您的" not in client.get("/my/questions/").content.decode()  # where they live is still asked


def test_said_twice_is_one_and_said_again_is_another(client, car):
    signed_in(client, car.pid)
    for once in (ONCE, ONCE, ONCE[::-1]):
        client.post(f"/my/questions/{car.ref}/", {"choice": "unsure", "words": "", "once": once})
    assert Statement.objects.count() == 2
    lines = [line.act for line in office.journal_of(Case.objects.get().ref)]
    assert lines.count("casework.answer_question") == 2


def test_nothing_said_is_said_so_and_nothing_typed_is_lost(client, car):
    signed_in(client, car.pid)
    answer = client.post(f"/my/questions/{car.ref}/", {"choice": "", "words": " ", "once": ONCE})
    assert answer.status_code == 422 and "说不清也可以" in answer.content.decode()
    bad = SimpleUploadedFile("x.jpg", b"not a picture", "image/jpeg")
    answer = client.post(f"/my/questions/{car.ref}/", {"choice": "sold", "words": "卖了", "once": ONCE, "photo": bad})
    assert answer.status_code == 422 and "卖了" in answer.content.decode() and Statement.objects.count() == 0


def test_nobody_else_is_asked_or_can_answer(client, car):
    other = people.uncle_zhou()
    signed_in(client, other.pid)
    assert client.get(f"/my/questions/{car.ref}/").status_code == 404
    assert client.post(f"/my/questions/{car.ref}/", {"choice": "sold", "once": ONCE}).status_code == 404
    case = Case.objects.get()
    with pytest.raises(NotAllowed):
        actions.answer_question(
            ref=case.ref, question=car.ref, choice="sold", words="", channel="screen", once=ONCE, by=Party.resident(other.pid),
            at=staged.TODAY,
        )  # fmt: skip


def test_the_text_says_that_something_is_asked_and_nothing_of_what(car):
    texts = [one.body for one in Notice.objects.filter(subject=Case.objects.get().ref) if "想问您一句" in one.body]
    assert len(texts) == 1  # granny's own telephone; the boy is a minor
    for body in texts:
        assert len(body) <= 70 and "车" not in body and "http" not in body


def test_at_the_door_nothing_found_is_shown_and_one_visit_is_kept_once(client, car):
    case = Case.objects.get()
    staged.signed_in(client, people.worker_wang())
    today = client.get("/field/").content.decode()
    assert "想问一句的 1 家" in today and "王桂兰" not in today
    page = client.get(f"/field/ask/{case.ref}/").content.decode()
    assert "名下有没有汽车" in page and "没问到" in page
    assert not [word for word in ("2015", "禾A1", "交管", "元") if word in page]
    assert next(one.what for one in office.looks(case.applicant)) == "姓名、电话和要问的几句话"

    words = {f"q-{car.ref}": "sold", f"w-{car.ref}": "早卖了", "once": ONCE, "waited": "3600"}
    for _ in range(2):
        sent = client.post(f"/field/ask/{case.ref}/", words, headers={"Accept": "application/json"})
        assert json.loads(sent.content) == {"state": "kept"}
    said = Statement.objects.get()
    assert (said.choice, said.channel) == ("sold", "visit")
    assert (said.at - said.said_at).total_seconds() == pytest.approx(3600, abs=5)


def test_an_empty_visit_is_answered_in_words(client, car):
    staged.signed_in(client, people.worker_wang())
    sent = client.post(
        f"/field/ask/{Case.objects.get().ref}/", {f"q-{car.ref}": "unasked", "once": ONCE}, headers={"Accept": "application/json"}
    )
    assert sent.status_code == 422 and json.loads(sent.content)["words"]


def test_the_clerk_sees_data_and_family_side_by_side_and_nothing_is_chosen(client, car):
    case = Case.objects.get()
    staged.signed_in(client, people.clerk_li())
    page = client.get(f"/desk/cases/{case.ref}/").content.decode()
    assert "还没有问到家里人" in page and "checked" not in page
    name = f"say{car.ref[:8]}"
    said = {f"{name}-way": "telephone", f"{name}-choice": "lent_name", f"{name}-words": "给侄子买的", f"{name}-once": ONCE}

    done = client.post(f"/desk/cases/{case.ref}/questions/{car.ref}/said/", said, follow=True)

    page = done.content.decode()
    assert "家里人回答了 1 处" in client.get("/desk/cases/").content.decode()
    assert "借名给亲戚买的" in page and "给侄子买的" in page and "电话里说的" in page
    refused = client.post(
        f"/desk/cases/{case.ref}/questions/{car.ref}/", {f"q{car.ref[:8]}-choice": "data_right", f"q{car.ref[:8]}-reason": ""}
    )
    assert refused.status_code == 422 and "为什么" in refused.content.decode()


def test_what_the_family_said_stays_with_the_difference_when_the_sources_are_asked_again(car):
    case = Case.objects.get()
    actions.answer_question(
        ref=case.ref,
        question=car.ref,
        choice="sold",
        words="",
        channel="telephone",
        once=ONCE,
        by=people.clerk_li(),
        at=staged.TODAY,
    )
    actions.request_check(ref=case.ref, by=people.clerk_li(), at=staged.TODAY)
    case.refresh_from_db()

    items = {one.key: one for one in verification.compared(case.check_ref)}

    item = items[car.key]
    assert (item.difference, [one.choice for one in item.said]) == ("not_said", ["sold"])
    assert item.found[0].place.row_no and "已经卖了，还没过户" in item.explanations
    limit = items["total:vehicle"].limit
    assert (
        limit.article
        and limit.used[0].name == "property_max_cars"
        and limit.holds is False
        and not items["total:vehicle"].at_least
    )


def test_a_silent_source_leaves_the_household_at_least(sources, monkeypatch):
    sources.as_of.pop("vehicle")
    case = staged.accepted()
    cars = next(one for one in verification.compared(case.check_ref) if one.key == "total:vehicle")
    assert cars.at_least and cars.limit.holds is None and cars.unanswered == ("机动车登记",)
    assert walk.AS_OF


def test_every_question_and_answer_has_its_english():
    with translation.override("en"):
        for kind in kinds().values():
            words = {*kind.answers.values(), *((kind.told, kind.asks, kind.door, kind.paper) if kind.answers else ())} - {""}
            assert words <= set(ASKING), kind.code
            assert not [one for one in words if translation.gettext(one) == one], kind.code


def test_a_supporter_is_asked_about_and_is_no_part_of_the_means(sources):
    case = staged.submitted()
    uncle = people.uncle_zhou()
    row = actions.add_supporter(
        ref=case.ref, name=uncle.name, number=uncle.citizen_no, supports=case.applicant, relation="son", by=people.clerk_li(),
        at=staged.TODAY,
    )  # fmt: skip
    form = ("form", "image/jpeg", photo().read())
    actions.sign_supporter(ref=case.ref, pid=row.pid, channel="paper", files=[form], by=people.clerk_li(), at=staged.TODAY)
    sources.row(row.pid, "deposit", balance_date=date(2026, 6, 20), balance=9_000_000)
    sources.row(row.pid, "insurance", event="job_start", event_date=date(2024, 1, 1), base=800_000)

    case = actions.accept(ref=case.ref, by=people.clerk_li(), at=staged.TODAY)

    items = {one.key: one for one in verification.compared(case.check_ref)}
    assert items[f"deposit:{row.pid}"].is_supporter and not items["total:deposit"].found and not items["total:income"].found
    assert {one.kind for one in Question.objects.all()} == {"homes", "silent"}  # the bank spoke two months ago, of granny
