"""The resident's pages in a browser: at every size, in both modes, in every state."""

import pytest

import people
from doudi.casework import actions
from doudi.casework.models import CaseMember
from web import staged
from web.browser import DESK, NARROW, PHONE, RULES, follow, looked_at
from web.phone_login import carry_on, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MODES = ["phone", "elder"]
SIZES = {"phone": PHONE, "narrow": NARROW, "desk": DESK}


def sign_in(page, live_server, client, who):
    carry_on(page, signed_in(client, who.pid, who.phone), live_server)


def open_in(open_browser, live_server, mode):
    """A phone in this mode."""
    page = open_browser(PHONE)
    if mode == "elder":
        page.context.add_cookies([{"name": "elder", "value": "1", "url": live_server.url}])
    return page


def good(page, name, mode, sizes=SIZES):
    """One page in every respect the design asks for, at every size it has in this mode."""
    seen = sizes if mode == "phone" else {mode: PHONE}
    looked_at(page, name, seen, rules=[*RULES, "wcag2aaa"], fingers=(NARROW, PHONE, DESK))


@pytest.mark.parametrize("mode", MODES)
def test_the_road_of_an_application(open_browser, live_server, client, mode):
    people.clerk_li()
    people.worker_wang()
    page = open_in(open_browser, live_server, mode)
    page.goto("/my/sign-in/")
    good(page, "sign-in", mode)
    page.get_by_role("button", name="给我发验证码").click()
    page.get_by_role("alert").wait_for()
    good(page, "sign-in-missing", mode)
    sign_in(page, live_server, client, people.granny_wang())

    page.goto("/my/")
    good(page, "my-empty", mode)
    page.goto("/apply/")
    good(page, "hardship", mode)
    page.get_by_role("button", name="存好，下一步").click()
    page.locator("#errors:focus").wait_for()
    good(page, "hardship-missing", mode)
    page.get_by_label("看病花钱多").check()
    page.get_by_label("孩子上学").check()
    page.get_by_role("button", name="存好，下一步").click()

    page.wait_for_url("**/household/")
    good(page, "household", mode)
    page.get_by_text("家里还有别人").click()
    page.get_by_label("名字").first.fill("王大强")
    page.get_by_role("button", name="存好，下一步").click()
    page.get_by_role("alert").wait_for()
    good(page, "household-missing", mode)
    page.get_by_label("是您的什么人").first.select_option(label="儿子")
    page.get_by_role("button", name="存好，下一步").click()

    page.wait_for_url("**/income/")
    page.get_by_label("对", exact=True).check()
    good(page, "income", mode)
    page.get_by_role("button", name="存好，下一步").click()
    page.wait_for_url("**/account/")
    good(page, "account", mode)
    page.get_by_role("button", name="存好，下一步").click()
    page.wait_for_url("**/check/")
    good(page, "check", mode)
    page.get_by_role("button", name="我同意，交上去").click()
    page.wait_for_url("**/receipt/")
    good(page, "receipt", mode)
    page.get_by_role("link", name="打印申请表").click()
    page.wait_for_url("**/sheet/")
    good(page, "sheet", mode)
    page.goto("/my/")
    good(page, "my", mode)
    page.locator("a.row").first.click()
    page.wait_for_url("**/my/cases/**")
    good(page, "case", mode)
    follow(page.get_by_role("link", name="我不申请了"))
    good(page, "withdraw", mode)
    page.goto("/my/consents/")
    good(page, "consents", mode)


def test_without_script_the_whole_road_works(open_browser, live_server, client):
    people.clerk_li()
    page = open_browser(NARROW, script=False)
    sign_in(page, live_server, client, people.granny_wang())
    page.goto("/apply/")
    page.get_by_label("没人照顾").check()
    for _ in range(4):
        follow(page.get_by_role("button", name="存好，下一步"))
    follow(page.get_by_role("button", name="我同意，交上去"))
    assert page.get_by_role("heading", level=1).inner_text() == "收到了"


def test_keyboard_alone_is_enough(open_browser, live_server, client):
    people.clerk_li()
    page = open_browser()
    sign_in(page, live_server, client, people.granny_wang())
    page.goto("/apply/")
    page.get_by_label("看病花钱多").focus()
    page.keyboard.press("Space")
    assert page.get_by_label("看病花钱多").is_checked()
    page.get_by_role("button", name="存好，下一步").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/household/")


def test_pressing_twice_sends_once(open_browser, live_server, client):
    people.clerk_li()
    page = open_browser()
    sign_in(page, live_server, client, people.granny_wang())
    page.goto("/apply/")
    page.get_by_label("没人照顾").check()
    posts = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="存好，下一步").dblclick()
    page.wait_for_url("**/household/")
    assert len(posts) == 1


@pytest.mark.parametrize("mode", MODES)
def test_what_is_asked_of_the_family_afterwards(open_browser, live_server, client, monkeypatch, mode):
    staged.set_the_stage(monkeypatch)
    case = staged.submitted()
    page = open_in(open_browser, live_server, mode)
    granny = people.granny_wang()
    sign_in(page, live_server, client, granny)
    actions.ask_once(ref=case.ref, missing="请补一张出院单", by=people.clerk_li(), at=staged.TODAY)
    page.goto(f"/my/cases/{case.ref}/")
    good(page, "asked", mode, {"phone": PHONE})
    page.get_by_role("link", name="补上").click()
    page.get_by_role("button", name="补好了，交上去").click()
    page.locator("#errors:focus").wait_for()
    good(page, "supplement", mode, {"phone": PHONE})
    uncle = people.uncle_zhou()
    CaseMember.objects.create(case=case, pid=uncle.pid, name=uncle.name, relation="son", together=True)
    sign_in(page, live_server, client, uncle)
    page.goto("/my/")
    good(page, "asked-to-agree", mode, {"phone": PHONE})
    follow(page.get_by_role("link", name="王桂兰的申请，要您同意查一查"))
    good(page, "agree", mode, {"phone": PHONE})
