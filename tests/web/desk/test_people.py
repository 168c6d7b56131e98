"""The register as lists on their page: by tier and place, taken away with a trace, a visit asked for, somebody told of."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doudi.engine import cycle, past, tiers
from doudi.engine.lake import Lake
from doudi.monitoring.models import Alert
from doudi.office import queries as office
from doudi.policy import pack
from doudi.registry.models import Told
from engine.landed import ON, VILLAGE, contracts, no
from engine.town import town
from people import NOON, auditor_chen, clerk, clerk_li, clerk_sun, keeper_wu, pid_of, places
from web import staged
from web.browser import DESK, PHONE, looked_at, small_targets
from web.desk_login import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town's register, built once, with its history."""
    lake = Lake(tmp_path_factory.mktemp("people") / "lake")
    rules = pack.load(django_settings.PACKS)
    made = cycle.run(lake, contracts(), town(lake), rules, ON, key=django_settings.LINKING_KEY)
    past.note(lake, [past.Known(NOON, made.id)])
    tiers.bring_up(lake)
    return lake.root


@pytest.fixture
def register() -> None:
    """Not the few made-up answers other pages are tested with: this register is real."""


@pytest.fixture
def sources() -> None:
    """Nor a stage."""


@pytest.fixture(autouse=True)
def own_lake(folder: Path, settings: Any) -> None:
    settings.LAKE = folder
    places()


LIU = no("19550505", 11)


def test_lists_by_tier_and_place(client: Any) -> None:
    staged.signed_in(client, clerk_li())
    first = client.get(reverse("desk:people")).content.decode()
    assert "刘*山" in first and "刘大山" not in first and "一共 3 人" in first
    assert "没有这样的人" in client.get(reverse("desk:people") + "?tier=tekun").content.decode(), "who died is on no list"
    for query in (
        "which=one",
        "which=gaps",
        "which=one&side=income",
        "which=came&since=2020-01-01",
        f"which=left&area={VILLAGE}",
    ):
        assert client.get(reverse("desk:people") + "?" + query).status_code == 200, query
    for query in ("which=x", "tier=x", "side=x", "since=x", "area=990102", "area=x", "page=-1"):
        assert client.get(reverse("desk:people") + "?" + query).status_code == 404, query
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("desk:people"))
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("desk:people") + "?which=one")
    assert len(few) == len(many) <= 8
    staged.signed_in(client, clerk_sun())
    assert "刘" not in client.get(reverse("desk:people")).content.decode().replace("刘村", "")


def test_taken_away_with_a_trace(client: Any) -> None:
    staged.signed_in(client, clerk_li())
    address = reverse("desk:people-csv") + "?which=tier"
    assert client.post(address).status_code == 422 == client.post(address, {"why": "找 13900000000"}).status_code
    table = client.post(address, {"why": "走访安排"}).content.decode("utf-8-sig").splitlines()
    assert len(table) == 4 and "刘*山" in table[1]
    (line,) = [one for one in office.journal_of("area:990101001") if one.act == "registry.export_roster"]
    assert (line.detail["people"], line.detail["why"]) == (3, "走访安排")
    staged.signed_in(client, auditor_chen())
    assert client.get(reverse("desk:people")).status_code == 200 and client.post(address, {"why": "x"}).status_code == 403


def test_a_visit_asked_for_from_the_list(client: Any) -> None:
    staged.signed_in(client, clerk_li())
    address = reverse("desk:people-visit", args=[pid_of(LIU)])
    answer = client.post(address, {"why": "知道得太少：收入：没有来源说到"})
    assert answer.status_code == 302, answer.content
    (alert,) = Alert.objects.all()
    assert answer.url == reverse("desk:alert", args=[alert.ref])
    assert "知道得太少" in client.get(answer.url).content.decode()
    staged.signed_in(client, clerk_sun())
    assert client.post(address, {"why": "x"}).status_code == 404


def test_somebody_told_of(client: Any) -> None:
    ma = clerk("ma", "马村", "village", VILLAGE)
    staged.signed_in(client, ma)
    address = reverse("desk:people-tell")
    form = client.get(address).context["form"]
    given = {
        "ref": form["ref"].value(),
        "name": "赵无名",
        "about_age": "70",
        "area": VILLAGE,
        "trouble": "没人管",
        "said_by": "老李",
    }
    assert client.post(address, given | {"trouble": ""}).status_code == 422
    assert client.post(address, given | {"area": "990101001202"}).status_code == 422
    assert client.post(address, given).status_code == 302 == client.post(address, given).status_code
    (told,) = Told.objects.all()
    assert (told.name, told.about_age, told.area) == ("赵无名", 70, VILLAGE)
    assert "赵*名" in client.get(address).content.decode()
    for other in (auditor_chen(), keeper_wu()):
        staged.signed_in(client, other)
        assert client.get(address).status_code == 403


def test_tiers_gaps_and_an_earlier_day_on_the_persons_page(client: Any) -> None:
    staged.signed_in(client, clerk_li())
    pid = pid_of(LIU)
    assert client.post(reverse("desk:person", args=[pid]), {"why": "visit"}).status_code == 302

    def part(name: str, query: str = "") -> str:
        answer = client.get(reverse("desk:person-part", args=[pid, name]) + query)
        assert answer.status_code == 200
        return answer.content.decode()

    assert "低保" in part("standing") and "2025 年 1 月 1 日" in part("standing")
    assert "住房：没有来源说到" in part("unseen") and "请人去看看" in part("unseen")
    assert "哪一天的情况" in part("then")
    told = part("then", "?on=2026-06-30&known_on=2026-07-01")
    assert "陈秀兰" in told and "截至 2026 年 6 月 30 日" in told
    assert "还没有算过" in part("then", "?on=2026-06-30&known_on=2026-06-30")
    staged.signed_in(client, clerk_sun())
    assert client.get(reverse("desk:person-part", args=[pid, "then"]) + "?on=2026-06-30").status_code in (302, 404)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_in_a_browser(open_browser: Any) -> None:
    clerk_li()
    keeper_wu()
    page = open_browser(PHONE)
    sign_in(page, "li")
    for name, query in (("people", "?which=one"), ("people", ""), ("people-tell", ""), ("touched", "")):
        page.goto(reverse(f"desk:{name}") + query)
        looked_at(page, f"register-{name}{query[7:]}", fingers=(PHONE, DESK), targets=partial(small_targets, least=24))
    page.goto(reverse("desk:people") + "?which=one")
    page.locator("summary").first.click()
    assert page.get_by_text("没有来源说到").first.is_visible()
    page.context.clear_cookies()
    sign_in(page, "wu")
    page.goto(reverse("desk:retention"))
    looked_at(page, "register-retention", fingers=(PHONE, DESK), targets=partial(small_targets, least=24))
