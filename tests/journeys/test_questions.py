"""A difference asked of the family in a browser: on the phone, at the door without signal, beside the data at the desk."""

from datetime import date

import pytest

import people
from doudi.casework.models import Question
from doudi.verification.models import Statement
from web import staged
from web.browser import DESK, PHONE, RULES, follow, looked_at, small_targets
from web.desk_login import sign_in as staff_sign_in
from web.phone_login import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def low(page):
    """Controls lower than a finger; of an answer the label is what is touched."""
    return [one for one in small_targets(page) if 'type="radio"' not in one]


def good(page, name, rules=RULES):
    looked_at(page, f"questions-{name}", rules=rules, fingers=(PHONE,), targets=low)


def test_a_car_sold_long_ago_is_asked_about_and_stays_a_question(open_browser, sources):
    granny = people.granny_wang()
    sources.row(granny.pid, "vehicle", plate="禾A1", **{"class": "car"}, first_registered=date(2015, 5, 1), status="normal")
    sources.row(granny.pid, "deposit", balance_date=date(2026, 6, 20), balance=5200000)
    case = staged.accepted()
    people.worker_wang()
    car = Question.objects.get(kind="vehicle")

    mine = open_browser(PHONE)
    mine.goto("/my/")
    sign_in(mine, granny)
    follow(mine.get_by_role("link", name="有 2 处和查到的不一样，想问您一句"))
    good(mine, "list", [*RULES, "wcag2aaa"])
    follow(mine.get_by_role("link", name="这辆车现在是怎么回事"))
    good(mine, "one", [*RULES, "wcag2aaa"])
    follow(mine.get_by_role("button", name="说好了"))  # nothing said yet
    good(mine, "nothing-said", [*RULES, "wcag2aaa"])
    mine.get_by_label("已经卖了，还没过户").check()
    mine.get_by_label("用自己的话说").fill("前年卖给邻村的老李")
    mine.get_by_role("button", name="说好了").click()
    mine.get_by_text("记下了，谢谢您").wait_for()
    good(mine, "said", [*RULES, "wcag2aaa"])

    wang = open_browser(PHONE)
    staff_sign_in(wang, "wang")
    wang.goto("/field/")
    good(wang, "field-today")
    wang.goto(f"/field/ask/{case.ref}/")
    good(wang, "field")
    wang.evaluate("navigator.serviceWorker.ready.then(() => true)")
    wang.reload()
    wang.context.set_offline(True)
    wang.reload()
    wang.get_by_text("现在没有网络").wait_for()
    wang.get_by_role("group", name="在银行有没有存款").get_by_role("radio", name="看病借来的钱").check()
    wang.get_by_role("button", name="记好了").click()
    wang.get_by_text("等网络").wait_for()
    assert Statement.objects.count() == 1
    wang.context.set_offline(False)
    wang.goto("/field/")
    for _ in range(100):
        if Statement.objects.count() == 2:
            break
        wang.wait_for_timeout(100)
    wang.get_by_text("想问一句的").wait_for()
    assert sorted(Statement.objects.values_list("kind", "choice", "channel")) == [
        ("deposit", "borrowed", "visit"), ("vehicle", "sold", "screen"),
    ]  # fmt: skip

    wang.goto(f"/field/ask/{case.ref}/")  # the line is up: an ordinary post
    wang.get_by_role("group", name="在银行有没有存款").get_by_role("radio", name="看病借来的钱").check()
    wang.get_by_role("button", name="记好了").click()
    wang.get_by_text("已经送到镇里").wait_for()  # once: heard twice it would be two
    assert Statement.objects.filter(kind="deposit", choice="borrowed", channel="visit").count() == 2

    li = open_browser(DESK)
    staff_sign_in(li, "li")
    li.goto(f"/desk/cases/{case.ref}/")
    li.locator(f"#doubt-{car.ref} summary").click()
    good(li, "case")
    words = li.locator(f"#doubt-{car.ref}").inner_text()
    assert "已经卖了，还没过户" in words and "前年卖给邻村的老李" in words
    assert li.locator("input:checked").count() == 0
