"""What anybody may read: standards, figures, boards, progress by receipt, whom to call, the calculator."""

import re
from datetime import timedelta

import pytest

import people
from doudi.casework import queries as cases
from doudi.office import queries as office
from doudi.payment.models import Line, Run
from doudi.payment.queries import open_figures
from doudi.web.public import ask
from web import staged

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(monkeypatch):
    staged.set_the_stage(monkeypatch)


# ---- progress -----------------------------------------------------------------------------------------------------------


def test_a_receipt_shows_how_far_it_is_and_nothing_about_who(client, stage):
    case = staged.shown()
    answer = client.post("/progress/", {"receipt": f" {case.receipt[:6]}—{case.receipt[6:]} "})
    html = client.get(answer.url).content.decode()
    assert "正在村里公示" in html
    granny = people.granny_wang()
    for secret in (granny.name, granny.masked_name, granny.citizen_no, granny.phone, "石磨村", case.ref):
        assert secret not in html


@pytest.mark.parametrize("typed", ["", "990101", "990101260000199", "abc"])
def test_a_wrong_receipt_is_said_and_kept_to_correct(client, stage, typed):
    answer = client.post("/progress/", {"receipt": typed})
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.content.decode()


def test_the_road_is_the_familys_words(client, stage):
    case = staged.accepted()
    html = client.get(f"/progress/{case.receipt}/").content.decode()
    names = re.findall(r'steps__name">([^<]+)', html)
    assert names[0] == "收到您的申请" and "钱打到卡上" in names
    assert html.count('aria-current="step"') == 1


# ---- the boards ---------------------------------------------------------------------------------------------------------


def test_the_board_shows_the_least_and_expires_by_itself(client, stage, monkeypatch):
    staged.shown()
    html = client.get("/shown/").content.decode()
    granny = people.granny_wang()
    assert "王*兰" in html and "2 口人" in html
    for secret in (granny.name, granny.citizen_no, granny.phone, "王小宝", "看病"):
        assert secret not in html
    monkeypatch.setattr(office, "now", lambda: staged.TODAY + timedelta(days=9))
    assert "王*兰" not in client.get("/shown/").content.decode()


def test_another_place_shows_its_own_board_only(client, stage):
    staged.shown()
    assert "王*兰" not in client.get(f"/shown/?area={people.OTHER_VILLAGE}").content.decode()
    assert "王*兰" in client.get("/shown/?area=110000").content.decode()  # outside the site: the site's own


def test_an_objection_stops_this_household_only_and_stays_confidential(client, stage):
    case = staged.shown()
    assert client.post(f"/shown/{case.ref}/", {"said": ""}).status_code == 422
    answer = client.post(f"/shown/{case.ref}/", {"said": "他家有一辆车", "who": "", "phone": ""})
    assert answer.url == "/shown/"
    after = client.get("/shown/").content.decode()
    assert "他家有一辆车" not in after and "王*兰" not in after
    (mine,) = cases.my_cases(people.granny_wang().pid, at=staged.TODAY)
    assert mine.state == "objected"
    assert client.get(f"/shown/{case.ref}/").status_code == 404


def test_a_board_full_of_households_takes_few_queries(client, stage, django_assert_max_num_queries):
    staged.shown()
    with django_assert_max_num_queries(8):
        client.get("/shown/")


# ---- figures ------------------------------------------------------------------------------------------------------------


def paid(month, count):
    case = staged.confirmed()
    run = Run.objects.create(
        number=f"990101{month:%Y%m}", county="990101", month=month, built_at=staged.TODAY, built_by="system:x"
    )
    for n in range(count):
        Line.objects.create(
            run=run, benefit=f"b{n}", decision="d", case=case.ref, programme="dibao", area=people.VILLAGE, payee="p" + "0" * 20,
            for_month=month, amount_fen=10050, state="paid", answered_at=staged.TODAY, answered_by="system:x", account="x",
        )  # fmt: skip


@pytest.mark.parametrize(("count", "shown"), [(9, False), (10, True)])
def test_small_counts_stay_hidden_in_the_page_and_in_the_file(client, stage, count, shown):
    paid(staged.TODAY.date().replace(day=1), count)
    (figure,) = open_figures("990101")
    assert figure.households == count and figure.total_fen == count * 10050
    html, csv = client.get("/figures/").content.decode(), client.get("/figures.csv").content.decode()
    assert ("人太少，不公布" in html) is not shown
    assert (f",{count},{count * 100.5:.2f}" in csv) is shown


def test_nothing_paid_yet_is_said(client, stage):
    assert "还没有发过钱" in client.get("/figures/").content.decode()


# ---- standards ----------------------------------------------------------------------------------------------------------


def test_standards_are_the_numbers_the_rules_use(client, stage):
    from doudi.policy import pack

    setting = pack.load().parameters["dibao_standard"].at("990101", staged.TODAY.date())
    html = client.get("/standards/").content.decode()
    assert f"{setting.value['rural'] // 100} 元" in html
    assert "《社会救助法》第 18 条" in html
    assert not re.search(r"\b(LAW|D57|T43|R2024)\b", html)


# ---- whom to call -------------------------------------------------------------------------------------------------------


def test_a_village_names_its_helper_and_the_phone_is_remembered(client, stage):
    wang = people.worker_wang()
    wang.phone = "0990-5550117"
    wang.save()
    html = client.get(f"/helpers/?area={people.VILLAGE}").content.decode()
    assert "王秀英" in html and "tel:0990-5550117" in html
    client.post("/look/", {"area": people.VILLAGE, "next": "/"})
    assert "帮办员 王秀英" in client.get("/").content.decode()


def test_a_place_outside_the_site_is_not_listed(client, stage):
    assert "临河县" not in client.get(f"/helpers/?area={people.OTHER_COUNTY}").content.decode()


# ---- the calculator -----------------------------------------------------------------------------------------------------


def answers(**said):
    return {"place_kind": "rural", "heads": 3, "income": None, "who": [], "outlay": None, "owns": [], **said}


def test_little_income_and_nothing_owned_may_fit(stage):
    found = {one.code: one for one in ask.guesses(answers(income=90000, owns=["none"]), "990101", staged.TODAY.date())}
    assert found["dibao"].answer == "yes"
    assert any("每月" in line for line in found["dibao"].says)


def test_other_help_is_told_only_where_the_answers_settle_it(stage):
    def codes(**said):
        return {one.code: one for one in ask.guesses(answers(owns=["none"], **said), "990101", staged.TODAY.date())}

    assert set(codes(income=900000)) == set(ask.ALWAYS_TOLD)
    ill = codes(income=500000, outlay=4000000)["temporary_expenditure"]
    assert ill.answer == "yes" and ill.says[0].startswith("大约一次给")


def test_much_income_does_not_fit_but_is_never_called_unfit(client, stage):
    html = client.post("/ask/", {"place_kind": "urban", "heads": "2", "income": "20000", "owns": "none"}).content.decode()
    assert "按您说的，这几项可能够不上" in html and "情况特殊也可以申请" in html
    assert "不符合" not in html


def test_what_was_not_answered_stays_unknown(stage):
    home = ask.household(answers(), "990101")
    assert "hh_income_month" not in home.facts and "hh_car_count" not in home.facts
    assert all(one.answer != "yes" for one in ask.guesses(answers(), "990101", staged.TODAY.date()))


def test_answers_are_kept_nowhere(client, stage, django_assert_max_num_queries):
    with django_assert_max_num_queries(6) as seen:
        answer = client.post("/ask/", {"place_kind": "rural", "heads": "3", "income": "1200", "who": "ill", "owns": "none"})
    assert not [one["sql"] for one in seen.captured_queries if one["sql"].startswith(("INSERT", "UPDATE"))]
    assert set(answer.cookies) <= {"csrftoken"}


@pytest.mark.parametrize(
    "posted", [{}, {"place_kind": "rural", "heads": "0"}, {"place_kind": "rural", "heads": "3", "income": "很多"}]
)
def test_what_cannot_be_read_is_asked_again(client, stage, posted):
    answer = client.post("/ask/", posted)
    assert answer.status_code == 422 and "有地方没填好" in answer.content.decode()
