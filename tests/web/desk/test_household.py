"""The page of a household: reasons, ties, correcting, what happened; only inside one's area, only for a purpose."""

from __future__ import annotations

import pytest

import families
import people
from doudi.office import queries as office
from doudi.registry import queries as registry
from doudi.registry.models import FamilyEvent, Member, Saying
from web import staged
from web.browser import PHONE, looked_at
from web.phone_login import carry_on

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("family") / "lake"


@pytest.fixture
def family(root, settings, sources, monkeypatch):
    """The family's lists, published once; the address of Ma Jianguo's page."""
    settings.LAKE = root
    families.read_the_register(monkeypatch)
    if not (root / "CURRENT").exists():
        families.publish(root)
    return f"/desk/household/{families.pid(families.MA)}/"


@pytest.fixture
def li(client, family):
    """Clerk Li, who said why she looks."""
    staged.signed_in(client, people.clerk_li())
    client.post(family.replace("household", "person"), {"why": "review"})
    return client


def test_a_household_opens_for_a_purpose_only_and_leaves_a_trace(client, family):
    staged.signed_in(client, people.clerk_li())
    assert client.get(family).url == family.replace("household", "person")
    client.post(family.replace("household", "person"), {"why": "review"})
    assert client.get(family).status_code == 200
    assert "一家人和家庭关系" in [one.what for one in office.looks(families.pid(families.MA))]


def test_everybody_counted_or_left_out_is_told_with_reason_article_and_source(li, family):
    words = li.get(family).content.decode()
    for said in (
        "马建国一家，4 口人", "不能独立生活的成年子女", "民发〔2021〕57号 第七条第一款第三项",
        "不算：服刑或强制隔离戒毒",
        "不算：没有法定义务", "长期同住的亲属", "第七条第二款第二项", "结婚登记", 
        "同一本户口簿：父母", "和在册的不一样", "图：马建国",
    ):  # fmt: skip
        assert said in words, said


def test_a_member_is_corrected_and_taken_back_and_both_versions_stay(li, family):
    son = families.pid(families.SON)
    assert li.post(f"{family}member/", {"member-pid": son, "member-together": "no"}).status_code == 422
    sent = {"member-pid": son, "member-together": "no", "member-reason": "村里说他在外地安家了"}
    assert li.post(f"{family}member/", sent).status_code == 302
    saying = Saying.objects.get()  # on no roll household of theirs: a tie, not a member
    assert (saying.kind, saying.a, saying.holds, saying.reason) == ("together", son, False, "村里说他在外地安家了")
    words = li.get(family).content.decode()
    assert "马小军和马建国不住在一起" in words and "不能独立生活的成年子女" in words
    assert li.post(f"{family}back/{saying.ref}/", {"why": ""}).status_code == 422
    assert li.post(f"{family}back/{saying.ref}/", {"why": "问错了人"}).status_code == 302
    assert "问错了人" in li.get(family).content.decode()
    assert registry.said(staged.TODAY.date()) == []


def test_somebody_on_the_roll_is_corrected_as_a_member(li, family):
    wife = families.pid(families.LI)
    li.post(f"{family}member/", {"member-pid": wife, "member-together": "no", "member-reason": "分居多年"})
    assert not Saying.objects.exists()
    assert Member.objects.get(source="said").reason == "分居多年"
    (said,) = registry.said(staged.TODAY.date())
    assert (said.a, said.b, said.holds) == (wife, families.pid(families.MA), False)
    assert "分居多年" in li.get(family).content.decode()
    assert li.post(f"{family}back/{wife}/", {"why": "和好了"}).status_code == 302
    assert registry.said(staged.TODAY.date()) == [] and Member.objects.get(source="said").to_on is not None


def test_an_event_is_noted_checked_and_undone_and_nothing_changes_by_itself(li, family):
    granny = families.pid(families.GRANNY)
    sent = {"event-kind": "death", "event-person": granny, "event-on": "2026-08-20", "event-channel": "village"}
    assert li.post(f"{family}report/", sent).status_code == 302
    event = FamilyEvent.objects.get()
    assert (event.state, event.known_on, event.effective_on.isoformat()) == ("reported", staged.TODAY.date(), "2026-08-20")
    assert registry.said(staged.TODAY.date()) == []
    listed = li.get("/desk/household/events/").content.decode()
    assert "郑*兰" in listed and "郑玉兰" not in listed
    assert li.post(f"{family}events/{event.ref}/settle/", {"verdict": "confirm", "why": ""}).status_code == 422
    li.post(f"{family}events/{event.ref}/settle/", {"verdict": "confirm", "on": "2026-08-19", "why": "看了火化证"})
    assert [(one.kind, one.a, one.holds) for one in registry.said(staged.TODAY.date())] == [("dead", granny, True)]
    assert "看了火化证" in li.get(family).content.decode()
    li.post(f"{family}events/{event.ref}/undo/", {"why": "同名的另一个人"})
    assert registry.said(staged.TODAY.date()) == []
    assert "同名的另一个人" in li.get(family).content.decode()


def test_an_event_may_touch_help_in_force_and_leads_to_its_case(client, family):
    case = staged.confirmed()
    granny = people.granny_wang()
    staged.signed_in(client, people.clerk_li())
    client.post(f"/desk/person/{granny.pid}/", {"why": "review"})
    page = f"/desk/household/{granny.pid}/"
    sent = {"event-kind": "school_left", "event-person": granny.pid, "event-on": "2026-08-01", "event-channel": "phone"}
    client.post(f"{page}report/", sent)
    words = client.get(page).content.decode()
    assert "这件事可能影响：最低生活保障的救助金额" in words and case.ref in words


@pytest.mark.parametrize("who", [people.clerk_sun, people.worker_wang, people.keeper_wu, people.director_lin])
def test_others_see_nothing_and_change_nothing(client, family, who):
    staged.signed_in(client, who())
    assert client.get(family).status_code in (403, 404)
    sent = {"member-pid": families.pid(families.SON), "member-together": "no", "member-reason": "不是一家"}
    assert client.post(f"{family}member/", sent).status_code in (403, 404)
    event = {
        "event-kind": "death",
        "event-person": families.pid(families.GRANNY),
        "event-on": "2026-08-20",
        "event-channel": "village",
    }
    assert client.post(f"{family}report/", event).status_code in (403, 404)
    assert not FamilyEvent.objects.exists() and not Saying.objects.exists()
    assert "郑" not in client.get("/desk/household/events/").content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_can_be_used_by_everybody(open_browser, client, family, live_server):
    li = people.clerk_li()
    staged.signed_in(client, li)
    client.post(family.replace("household", "person"), {"why": "review"})
    sent = {"event-kind": "death", "event-person": families.pid(families.GRANNY), "event-channel": "village"}
    client.post(f"{family}report/", sent | {"event-on": "2026-08-20"})
    page = open_browser(PHONE)
    carry_on(page, client, live_server)
    for at, address in enumerate((family, "/desk/household/events/")):
        page.goto(address)
        for one in page.locator("details").all():
            one.evaluate("e => e.open = true")
        looked_at(page, f"household-{at}", fingers=())


def test_the_list_of_events_asks_as_often_for_many_as_for_one(li, family, django_assert_num_queries):
    for number in families.NAMES:
        sent = {"event-kind": "death", "event-person": families.pid(number), "event-on": "2026-08-20"}
        li.post(f"{family}report/", sent | {"event-channel": "village"})
    with django_assert_num_queries(10):
        assert li.get("/desk/household/events/").content.decode().count("去世：") == 6
