"""Pages of money: a month set against itself, too much, reserve funds, accounts, whether it arrived; and the family's own."""

from datetime import date, timedelta

import pytest

import people
from doudi.casework.models import Benefit
from doudi.office.core import Role
from doudi.payment import actions
from doudi.payment.models import AccountChange, Claim, Fund, Line, MonthClose
from web import staged
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
