"""The staff half of both roads in a browser, walked once, every page looked at on a phone and at a desk."""

from datetime import timedelta

import pytest

import people
import photographs
import walk
from doudi.casework import jobs
from doudi.casework.models import Case
from doudi.monitoring.models import Visit
from doudi.office.core import Role
from doudi.office.models import DemoClock
from web import staged
from web.browser import DESK, PHONE, follow, looked_at, low_at_the_desk
from web.desk_login import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def look(page, name):
    """Look at a staff page at both sizes: axe, width, fingers, a picture of each."""
    looked_at(page, name, targets=low_at_the_desk)


def days_pass(days):
    """The demo's clock moves on, and what was due is done."""
    clock = DemoClock.objects.get(pk=1)
    DemoClock.objects.filter(pk=1).update(offset_seconds=clock.offset_seconds + days * 24 * 3600)
    jobs.run_due(staged.TODAY + timedelta(days=days))


def signed_in(open_browser, username, size=DESK):
    page = open_browser(size)
    sign_in(page, username)
    return page


def test_an_application_goes_from_the_inbox_to_the_bank(open_browser, sources):
    case = staged.submitted()
    granny = people.granny_wang()
    sources.row(granny.pid, "vehicle", kind="motorcycle", status="normal", plate="禾A12345")
    walk.helper_qian()
    li = signed_in(open_browser, "li")
    look(li, "desk-today")
    follow(li.get_by_role("link", name="受理"))
    look(li, "desk-case-new")
    follow(li.get_by_role("button", name="受理，马上查数据"))
    look(li, "desk-case-accepted")

    li.get_by_text("记一次入户调查").click()
    li.get_by_label("哪天去的").fill("2026-08-25")
    li.get_by_label("和谁一起去的").select_option("qian")
    li.get_by_label("家里谁在场签字").fill("王桂兰")
    for need in ("吃穿", "看病", "住房", "上学", "照料"):
        li.get_by_role("group", name=need).get_by_text("有点难").click()
    look(li, "desk-case-survey")
    follow(li.get_by_role("button", name="记好入户调查"))

    for _ in range(12):  # each difference is settled by a person, one by one
        form = li.locator(".doubt form").first
        if not form.count():
            break
        form.locator(".pick:has(input:not([value=visit]):not([value=discuss]):not([value=amount]))").first.click()
        form.get_by_label("为什么").fill("上门看过")
        follow(form.get_by_role("button"))
    look(li, "desk-case-settled")
    assert "入户调查表还没有第一位调查人、第二位调查人、家里人签名" in li.inner_text("main")
    follow(li.get_by_role("link", name="去签字、拍照"))
    li.get_by_text("家里人不愿意签，或者签不了").click()
    look(li, "desk-case-unsigned")
    li.get_by_text("签在纸上，拍照交来").click()
    sheet = {"name": "a.png", "mimeType": "image/png", "buffer": photographs.photograph(7)}
    li.get_by_label("签好的调查表，拍照").set_input_files(sheet)
    follow(li.get_by_role("button", name="收好调查表"))
    assert "签字收齐了" in li.inner_text("main")
    follow(li.get_by_role("link", name="回到案卷"))
    li.get_by_text("建议给予救助").click()
    follow(li.get_by_role("button", name="按左边的账自动起草理由"))
    assert li.get_by_label("理由（群众也会看到）").input_value()
    assert li.get_by_role("radio", name="建议给予救助").is_checked()
    li.get_by_label("每月给多少元").fill("1200")
    li.get_by_label("和规则算的不一样").fill("按上门看到的算")
    look(li, "desk-case-opinion")
    follow(li.get_by_role("button", name="写成初步意见，去公示"))
    look(li, "desk-case-shown")
    li.goto("/desk/shown/")
    look(li, "desk-shown")
    follow(li.get_by_role("link", name="打印张贴的公示"))
    look(li, "desk-sheet")

    days_pass(9)
    people.clerk("sunli", "孙丽", Role.COUNTY, people.COUNTY)
    zhao = signed_in(open_browser, "zhao")
    zhao.get_by_role("link", name="看案卷，定下来").click()
    zhao.get_by_role("group", name="县里怎么定").get_by_text("不确认").click()
    follow(zhao.get_by_role("button", name="先看看给群众的信"))
    look(zhao, "desk-county-letter")
    zhao.get_by_role("group", name="县里怎么定").get_by_text("确认", exact=True).click()
    zhao.get_by_label("理由（写进给群众的信）").fill("同意镇里的意见。")
    zhao.get_by_label("和规则算的不一样").fill("按上门看到的算")
    follow(zhao.get_by_role("button", name="按上面选的定下来"))
    look(zhao, "desk-county-done")
    follow(zhao.get_by_role("link", name="看信、打印"))
    look(zhao, "desk-letter")

    days_pass(40)
    zhao.goto("/desk/payment/")
    zhao.get_by_label("发哪个月的").fill("2026-10")
    look(zhao, "desk-payment")
    follow(zhao.get_by_role("button", name="生成这个月的名单"))
    look(zhao, "desk-run-built")
    address = zhao.url
    sun = signed_in(open_browser, "sunli")
    sun.goto(address)
    follow(sun.get_by_role("button", name="同意发放这"))
    follow(sun.get_by_role("button", name="生成银行文件"))
    look(sun, "desk-run-sent")
    with sun.expect_download() as file:
        sun.get_by_role("link", name="下载银行文件").click()
    assert file.value.suggested_filename
    case.refresh_from_db()
    assert case.state == "confirmed"


def test_an_alert_becomes_a_visit_and_a_case(open_browser, sources):
    granny = people.granny_wang()
    sources.row(granny.pid, "death", death_date="2026-05-02")
    staged.alerted(1, level="R", indicator="C01")
    staged.alerted(2, indicator="A01")
    people.worker_wang()
    people.clerk_li()
    li = signed_in(open_browser, "li")
    look(li, "desk-today-alerts")
    li.goto("/desk/alerts/")
    look(li, "desk-alerts")
    follow(li.get_by_role("link", name="安排走访").first)
    look(li, "desk-alert")
    li.get_by_label("请谁去看看").select_option("wang")
    follow(li.get_by_role("button", name="请他去看看"))

    wang = signed_in(open_browser, "wang", PHONE)
    look(wang, "field-today")
    follow(wang.locator(".visits__link"))
    look(wang, "field-visit")
    wang.get_by_role("button", name="记好了").click()  # the browser itself says what is missing
    tap_through(wang, wish="愿意，请帮我申请")
    wang.get_by_role("checkbox", name="王桂兰").check()
    wang.get_by_role("radio", name="签字或按手印").check()
    look(wang, "field-visit-yes")
    wang.get_by_role("button", name="记好了").click()
    wang.get_by_role("heading", name="记好了").wait_for()
    look(wang, "field-done")
    case = Case.objects.get()
    assert (case.origin, case.applicant) == ("visit", granny.pid)
    li.goto(f"/desk/cases/{case.ref}/")
    look(li, "desk-case-from-visit")


def tap_through(page, *, wish):
    """Five taps and the wish."""
    for question, answer in (
        ("人在家吗", "在家"),
        ("留意到的事是真的吗", "是真的"),
        ("吃穿过得去吗", "有点难"),
        ("有人照顾吗", "没有"),
        ("有没有等不得的事", "没有"),
        ("愿意让我们帮您申请吗", wish),
    ):
        page.get_by_role("group", name=question).get_by_role("radio", name=answer, exact=True).check()


def test_a_visit_without_signal_waits_on_the_phone_sealed_and_arrives_once(open_browser, sources):
    from doudi.monitoring import actions

    ref = staged.alerted(1, indicator="A01")
    people.worker_wang()
    actions.assign(ref=ref, worker="wang", by=people.clerk_li(), at=staged.TODAY)
    wang = signed_in(open_browser, "wang", PHONE)
    wang.evaluate("navigator.serviceWorker.ready.then(() => true)")
    wang.goto(f"/field/visit/{ref}/")
    wang.reload()  # now the worker has seen the page
    wang.context.set_offline(True)
    wang.reload()
    wang.get_by_text("现在没有网络").wait_for()
    tap_through(wang, wish="暂时不用")
    wang.get_by_label("您看到的、听到的").fill("屋顶漏雨，已告诉村里")
    wang.get_by_role("button", name="记好了").click()
    wang.get_by_text("等网络").wait_for()
    looked_at(wang, "field-offline", {"360": PHONE}, targets=low_at_the_desk)
    kept = wang.evaluate(
        """() => new Promise(done => { const ask = indexedDB.open('doudi-field', 1); ask.onsuccess = () => {
        const all = ask.result.transaction('records').objectStore('records').getAll();
        all.onsuccess = () => done(all.result.map(one => new TextDecoder('latin1').decode(one.sealed))); }; })"""
    )
    assert len(kept) == 1 and "暂时" not in kept[0] and "wish" not in kept[0]
    assert Visit.objects.count() == 0
    wang.context.set_offline(False)
    wang.goto("/field/")
    wang.locator(".outbox__one").first.wait_for(state="detached")
    for _ in range(50):
        if Visit.objects.count():
            break
        wang.wait_for_timeout(100)
    assert Visit.objects.count() == 1 and Visit.objects.get().note == "屋顶漏雨，已告诉村里"


def test_signing_out_empties_the_phone_and_says_what_would_be_lost(open_browser, sources):
    ref = staged.alerted(1, indicator="A01")
    from doudi.monitoring import actions

    people.worker_wang()
    actions.assign(ref=ref, worker="wang", by=people.clerk_li(), at=staged.TODAY)
    wang = signed_in(open_browser, "wang", PHONE)
    wang.evaluate("navigator.serviceWorker.ready.then(() => true)")
    wang.goto(f"/field/visit/{ref}/")
    wang.context.set_offline(True)
    tap_through(wang, wish="暂时不用")
    wang.get_by_role("button", name="记好了").click()
    wang.get_by_text("等网络").wait_for()
    wang.get_by_role("button", name="退出").click()
    wang.get_by_text("还有 1 条没送出去").wait_for()
    wang.context.set_offline(False)
    wang.get_by_role("button", name="退出").click()
    wang.wait_for_url("**/desk/login/**")
    assert wang.evaluate("indexedDB.databases().then(all => all.map(one => one.name))") == []


def test_the_pages_of_those_who_look_after_data_and_watch(open_browser, sources):
    case = staged.confirmed()
    people.auditor_chen()
    people.director_lin()
    people.keeper_wu()
    people.checker_he()
    for username, pages in {
        "chen": ("/audit/", "/audit/story/", f"/audit/story/{case.ref}/", "/audit/journal/", f"/desk/cases/{case.ref}/"),
        "lin": ("/audit/", "/desk/payment/"),
        "wu": ("/desk/feeds/",),
        "he": ("/desk/checks/", "/desk/find/?q=990101"),
        "li": ("/desk/register/", "/desk/cases/", f"/desk/person/{case.applicant}/", "/desk/find/"),
    }.items():
        page = signed_in(open_browser, username)
        for number, address in enumerate(pages):
            page.goto(address)
            look(page, f"{username}-{number}")
        if username == "li":
            page.goto(f"/desk/person/{case.applicant}/?case={case.ref}")
            look(page, "desk-person")


def test_the_inbox_and_an_act_without_script(open_browser, sources):
    case = staged.submitted()
    page = open_browser(PHONE, script=False)
    sign_in(page, "li")
    follow(page.get_by_role("link", name="受理"))
    follow(page.get_by_role("button", name="受理，马上查数据"))
    assert "受理了" in page.get_by_role("status").first.inner_text()
    case.refresh_from_db()
    assert case.state == "investigating"
