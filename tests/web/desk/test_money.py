"""Pages of money: a month set against itself, too much, reserve funds, accounts, whether it arrived; and the family's own."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

import people
import walk
from doudi.casework import actions as casework
from doudi.casework.models import Benefit
from doudi.office.core import Party, Role
from doudi.payment import actions
from doudi.payment.models import AccountChange, Claim, Fund, Line, MonthClose
from photographs import photograph
from web import staged
from web.browser import DESK, looked_at, low_at_the_desk
from web.desk_login import sign_in
from web.phone_login import signed_in

pytestmark = pytest.mark.django_db
AUGUST = date(2026, 8, 1)


@pytest.fixture
def run():
    """Granny Wang's August arrived."""
    staged.confirmed()
    zhao, at = people.officer_zhao(), staged.TODAY
    made = actions.build(county=people.COUNTY, month=AUGUST, by=zhao, at=at)
    actions.approve(ref=made.ref, by=people.director_lin(), at=at)
    actions.send(ref=made.ref, by=zhao, at=at)
    line = Line.objects.get(run=made)
    told = f"行号,结果,金额,原因\n{line.ref},成功,{line.amount_fen / 100:.2f},\n".encode()
    actions.read_returns(ref=made.ref, content=told, by=zhao, at=at)
    return made


def test_a_month_is_read_taken_along_and_closed(client, run):
    staged.signed_in(client, people.officer_zhao())
    address = "/desk/money/months/990101/2026-08/"
    words = client.get(address).content.decode()
    assert "封上这个月的账" in words and "对不上" not in words.split("<main")[1].replace("对不对得上", "")
    table = client.get(f"{address}table.csv").content.decode()
    assert "柳塘镇" in table and not [
        cell for cell in table.replace("\r\n", ",").split(",") if cell[1:2] in "=+-@" and len(cell) > 2
    ]
    assert client.post(f"{address}close/").status_code == 302 and MonthClose.objects.count() == 1
    assert "封账了" in client.get(address).content.decode()
    assert client.get("/desk/money/months/990102/2026-08/").status_code == 404
    assert client.get("/desk/money/months/990101/august/").status_code == 404


def test_too_much_is_decided_on_its_page(client, run):
    benefit = Benefit.objects.get()
    claim = Claim.objects.create(
        county="990101", area=people.VILLAGE, benefit=benefit.ref, case=benefit.case.ref, decision="d", programme="dibao",
        payee=benefit.payee, name="王桂兰", amount_fen=10000, cause="award", at=staged.TODAY, by="x",
    )  # fmt: skip
    staged.signed_in(client, people.officer_zhao())
    assert "王*兰" in client.get("/desk/money/claims/").content.decode()
    address = f"/desk/money/claims/{claim.ref}/"
    page = client.get(address).content.decode()
    assert "就这样定" in page and "checked" not in page  # nothing is chosen for anybody
    answer = client.post(f"{address}decide/", {"way": "", "why": "数据晚了"})
    assert answer.status_code == 422 and "数据晚了" in answer.content.decode()
    assert client.post(f"{address}decide/", {"way": "waive", "why": "家里难", "is_hardship": "on"}).status_code == 302
    assert "同意免收这" not in client.get(address).content.decode()
    assert client.post(f"{address}agree/", {"agree": "yes", "why": "属实"}).status_code == 422  # the same person
    staged.signed_in(client, people.director_lin())
    assert client.post(f"{address}agree/", {"agree": "yes", "why": "属实"}).status_code == 302
    claim.refresh_from_db()
    assert claim.state == "waived"


def test_the_fund_is_paid_into_and_counted(client, run):
    staged.signed_in(client, people.officer_zhao())
    said = {"township": people.TOWNSHIP, "amount": "3000", "voucher": "BK1"}
    assert client.post("/desk/money/funds/", said | {"amount": "三千"}).status_code == 422
    assert client.post("/desk/money/funds/", said).status_code == 302 and Fund.objects.get().balance_fen == 300000
    address = f"/desk/money/funds/{people.TOWNSHIP}/"
    people.clerk_li()
    assert client.post(f"{address}count/", {"count-amount": "3000", "count-second": "zhao"}).status_code == 422
    assert client.post(f"{address}count/", {"count-amount": "3000", "count-second": "li"}).status_code == 302
    assert "点过" in client.get(address).content.decode()
    assert client.post(f"{address}replenish/", {"more-voucher": "BK2"}).status_code == 422  # nothing was handed out


def test_another_account_from_the_phone_to_the_second_person(client, run):
    granny, benefit = people.granny_wang(), Benefit.objects.get().ref
    signed_in(client, granny.pid)
    page = client.get("/my/money/").content.decode()
    assert "1656" in page.replace(",", "") or "元" in page
    address = f"/my/money/account/{benefit}/"
    assert client.post(address, {"bank": "邮储银行", "number": "12ab", "holder": granny.pid}).status_code == 422
    assert client.post(address, {"bank": "邮储银行", "number": "6217000011112222", "holder": granny.pid}).status_code == 302
    row = AccountChange.objects.get()
    assert "2222" in client.get("/my/money/").content.decode()
    staged.signed_in(client, people.clerk_li())
    page = client.get(f"/desk/money/accounts/{row.ref}/").content.decode()
    assert "6217000011112222" not in page and "139****5678" in page
    assert client.post(f"/desk/money/accounts/{row.ref}/heard/", {"theirs": "yes"}).status_code == 302
    assert client.post(f"/desk/money/accounts/{row.ref}/agree/").status_code == 422  # the same person
    staged.signed_in(client, people.officer_zhao())
    assert client.post(f"/desk/money/accounts/{row.ref}/agree/").status_code == 302
    row.refresh_from_db()
    assert row.from_on == staged.TODAY.date() + timedelta(days=3)


def test_whether_it_arrived_is_asked_and_no_is_looked_into(client, run):
    staged.signed_in(client, people.officer_zhao())
    assert client.post(f"/desk/payment/{run.ref}/draw/").status_code == 302
    granny = people.granny_wang()
    signed_in(client, granny.pid)
    (row,) = run.arrivals.all()
    assert client.post(f"/my/money/arrived/{row.ref}/", {"answer": "no"}).status_code == 302
    staged.signed_in(client, people.worker_wang())
    page = client.get("/desk/money/arrivals/").content.decode()
    assert "没收到" in page and "王*兰" in page
    assert client.post(f"/desk/money/arrivals/{row.ref}/found/", {f"{row.ref}-finding": ""}).status_code == 422
    assert client.post(f"/desk/money/arrivals/{row.ref}/found/", {f"{row.ref}-finding": "卡在女儿那里"}).status_code == 302
    assert "都问过了" in client.get("/desk/money/arrivals/").content.decode()


def test_pages_of_money_ask_few_queries(client, run, django_assert_max_num_queries):
    staged.signed_in(client, people.officer_zhao())
    for address, most in (
        (f"/desk/payment/{run.ref}/", 16), ("/desk/payment/", 14), ("/desk/money/claims/", 12), ("/desk/money/funds/", 14),
        ("/desk/money/accounts/", 12),
    ):  # fmt: skip
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200


def test_posts_elsewhere_find_nothing(client, run):
    other = people.clerk("tang", "唐华", Role.COUNTY, people.OTHER_COUNTY)
    actions.pay_in(township=people.TOWNSHIP, amount_fen=100, voucher="B", by=people.officer_zhao(), at=staged.TODAY)
    staged.signed_in(client, other)
    assert client.get(f"/desk/money/funds/{people.TOWNSHIP}/").status_code == 404
    assert "柳塘镇" not in client.get("/desk/money/funds/").content.decode()


def test_cash_is_handed_out_once_against_a_photographed_receipt(client):
    case = walk.applied(people.granny_wang().pid, staged.TODAY, programme="temporary_emergency")
    first = {"kind": "fire", "band": "middle", "happened_on": staged.TODAY.date(), "place": "家里", "cause": "烧了"}
    li = people.clerk_li()
    benefit = casework.help_first(ref=case.ref, **first, amount_fen=150000, by=li, at=staged.TODAY)
    fund = {"township": people.TOWNSHIP, "by": people.officer_zhao(), "at": staged.TODAY}
    staged.signed_in(client, li)
    address = f"/desk/benefits/{benefit.ref}/cash/"
    assert address in client.get(f"/desk/cases/{case.ref}/road/").content.decode()
    short = client.get(address).content.decode()
    assert "备用金不够，还差 1,500 元" in short and "记账" not in short  # nobody is asked to hand out what is not there
    actions.pay_in(amount_fen=200000, voucher="BK1", **fund)
    assert client.post(address, {}).status_code == 422 and not Line.objects.exists()
    broken = SimpleUploadedFile("a.png", b"no picture", "image/png")
    assert client.post(address, {"receipt": broken}).status_code == 422 and not Line.objects.exists()
    for _ in range(2):
        assert client.post(address, {"receipt": SimpleUploadedFile("a.png", photograph(1), "image/png")}).status_code == 302
    assert (Fund.objects.get().balance_fen, Line.objects.get().kind) == (50000, "cash")
    page = client.get(address).content.decode()
    assert "发给本人了" in page and "拍照" not in page
    staged.signed_in(client, people.clerk_sun())  # next door
    assert client.get(address).status_code == 404


def test_at_the_window_a_helper_needs_a_mandate_and_nothing_changes_yet(client, run):
    granny, benefit = people.granny_wang(), Benefit.objects.get().ref
    staged.signed_in(client, people.clerk_li())
    address = f"/desk/benefits/{benefit}/account/"
    assert address in client.get(f"/desk/benefits/{benefit}/").content.decode()
    page = client.get(address).content.decode()
    assert "尾号 8830" in page and "checked" not in page
    said = {"bank": "邮储银行", "number": "6217000011112222", "holder": granny.pid, "channel": "proxy"}
    answer = client.post(address, said)
    assert answer.status_code == 422 and "委托书" in answer.content.decode() and "6217000011112222" in answer.content.decode()
    mandate = SimpleUploadedFile("a.png", photograph(2), "image/png")
    assert client.post(address, said | {"mandate": mandate}).status_code == 302
    row = AccountChange.objects.get()
    assert (row.state, bool(row.mandate), row.agreement) == ("asked", True, "")
    staged.signed_in(client, people.clerk_sun())
    assert client.get(address).status_code == 404


def test_what_waits_for_money_stands_on_today(client, run):
    zhao = people.officer_zhao()
    (row,) = actions.draw_arrivals(ref=run.ref, by=zhao, at=staged.TODAY)
    granny, benefit = people.granny_wang(), Benefit.objects.get()
    actions.answer_arrival(ref=row.ref, answer="no", channel="self", by=Party.resident(granny.pid), at=staged.TODAY)
    change = actions.ask_account(
        benefit=benefit.ref, bank="邮储银行", number="6217000011112222", holder=granny.pid, channel="phone",
        by=Party.resident(granny.pid), at=staged.TODAY,
    )  # fmt: skip
    Claim.objects.create(
        county="990101", area=people.VILLAGE, benefit=benefit.ref, case=benefit.case.ref, decision="d", programme="dibao",
        payee=benefit.payee, name="王桂兰", amount_fen=10000, cause="award", at=staged.TODAY, by="x",
    )  # fmt: skip
    words = staged.signed_in(client, people.clerk_li()).get("/desk/").content.decode()
    assert "说钱没收到的，今天就查 <b>1</b>" in words and "换账户要打电话问本人 <b>1</b>" in words and "多发的钱" not in words
    actions.hear_account(ref=change.ref, is_theirs=True, by=people.clerk_li(), at=staged.TODAY)
    assert "换账户等另一位" not in client.get("/desk/").content.decode()  # it was this clerk who asked
    words = staged.signed_in(client, zhao).get("/desk/").content.decode()
    assert "多发的钱要定怎么办 <b>1</b>" in words and "换账户等另一位同意 <b>1</b>" in words
    words = staged.signed_in(client, people.clerk_sun()).get("/desk/").content.decode()
    assert "没收到" not in words and "换账户" not in words


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_pages_of_money_are_readable_at_both_sizes(open_browser, run):
    zhao, li, at = people.officer_zhao(), people.clerk_li(), staged.TODAY
    actions.draw_arrivals(ref=run.ref, by=zhao, at=at)
    actions.pay_in(township=people.TOWNSHIP, amount_fen=300000, voucher="BK2026-0815", by=zhao, at=at)
    actions.count_fund(township=people.TOWNSHIP, counted_fen=300000, second="zhao", by=li, at=at)
    page = open_browser(DESK)
    sign_in(page, "zhao")
    for address, name in (
        ("/desk/payment/", "runs"), (f"/desk/payment/{run.ref}/", "run"), ("/desk/money/months/990101/2026-08/", "month"),
        ("/desk/money/funds/", "funds"), (f"/desk/money/funds/{people.TOWNSHIP}/", "fund"), ("/desk/money/arrivals/", "arrivals"),
        ("/desk/money/claims/", "claims"), ("/desk/money/accounts/", "accounts"),
    ):  # fmt: skip
        page.goto(address)
        looked_at(page, f"money-{name}", targets=low_at_the_desk)
    clerk = open_browser(DESK)
    sign_in(clerk, "li")
    clerk.goto(f"/desk/benefits/{Benefit.objects.get().ref}/account/")
    looked_at(clerk, "money-window", targets=low_at_the_desk)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_handing_out_cash_is_readable_at_both_sizes(open_browser, monkeypatch):
    staged.set_the_stage(monkeypatch)
    at, li, zhao = staged.TODAY, people.clerk_li(), people.officer_zhao()
    case = walk.applied(people.granny_wang().pid, at, programme="temporary_emergency")
    first = {"kind": "fire", "band": "middle", "happened_on": at.date(), "place": "家里", "cause": "烧了"}
    benefit = casework.help_first(ref=case.ref, **first, amount_fen=150000, by=li, at=at)
    page = open_browser(DESK)
    sign_in(page, "li")
    page.goto(f"/desk/benefits/{benefit.ref}/cash/")
    looked_at(page, "cash-short", targets=low_at_the_desk)
    actions.pay_in(township=people.TOWNSHIP, amount_fen=200000, voucher="BK1", by=zhao, at=at)
    page.reload()
    looked_at(page, "cash", targets=low_at_the_desk)
    page.get_by_role("button", name="钱给本人了").click()
    page.get_by_role("alert").wait_for()
    looked_at(page, "cash-no-receipt", targets=low_at_the_desk)
    page.get_by_label("收条").set_input_files([{"name": "a.png", "mimeType": "image/png", "buffer": photograph(1)}])
    page.get_by_role("button", name="钱给本人了").click()
    page.get_by_text("收条存好了").wait_for()
    looked_at(page, "cash-done", targets=low_at_the_desk)
