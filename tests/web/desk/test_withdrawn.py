"""Withdrawing a delivery on its page: what leans on it is shown first, a reason is needed, it can be put back."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse

from doudi.exchange import jobs, queries
from doudi.office.core import Party
from exchange_feeds import tekun_rows, text, write
from people import NOON, auditor_chen, clerk_li, keeper_wu
from web import staged

pytestmark = pytest.mark.django_db


@pytest.fixture
def load(tmp_path: Path, settings) -> int:
    settings.LAKE = tmp_path / "lake"
    path = write(tmp_path / "in" / "tekun_20260531.csv", text(tekun_rows(20)))
    (found,) = jobs.pick_up(path, by=Party.system("feeds"), at=NOON).loads
    return found


def test_withdrawn_and_put_back_on_its_page(client, load: int) -> None:
    staged.signed_in(client, keeper_wu())
    address = reverse("desk:withdraw", args=[load])
    shown = client.get(address).content.decode()
    assert "撤回这次数据" in shown and "没有用到它" in shown
    assert address in client.get(reverse("desk:feed", args=[load])).content.decode()
    assert client.post(address, {"why": " "}).status_code == 422
    assert client.post(address, {"why": "口径错了"}).url == address
    shown = client.get(address).content.decode()
    assert "恢复这次数据" in shown and "口径错了" in shown and queries.loads is not None
    client.post(address, {"why": "没有错"})
    assert "撤回这次数据" in client.get(address).content.decode()


def test_only_who_keeps_data_withdraws_and_nobody_keeps_data_reads_the_list(client, load: int) -> None:
    for who, page, code in (
        (clerk_li(), reverse("desk:withdraw", args=[load]), 403),
        (auditor_chen(), reverse("desk:withdraw", args=[load]), 403),
        (keeper_wu(), reverse("desk:touched"), 403),
        (clerk_li(), reverse("desk:touched"), 200),
        (clerk_li(), reverse("desk:touched") + "?kind=case", 200),
        (clerk_li(), reverse("desk:touched") + "?kind=x", 404),
        (keeper_wu(), reverse("desk:withdraw", args=[999999]), 404),
    ):
        staged.signed_in(client, who)
        assert client.get(page).status_code == code, (who.username, page)
