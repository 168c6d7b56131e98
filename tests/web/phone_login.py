"""Signing a resident in, through the browser or the test client; and a browser going on where a client is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.test import Client
from playwright.sync_api import Page

from doudi.office import queries as office
from doudi.registry.models import Person
from web.browser import follow


def sign_in(page: Page, who: Person, *, look: Callable[[], object] = lambda: None) -> None:
    """By name, number and the code of the message, as everybody; `look` sees the page that asks for the code."""
    page.get_by_label("名字").fill(who.name)
    page.get_by_label("身份证号").fill(who.citizen_no)
    page.get_by_label("手机号").fill(who.phone)
    page.get_by_role("button", name="给我发验证码").click()
    page.get_by_label("6 位验证码").wait_for()
    look()
    code = re.search(r"\d{6}", office.outbox(limit=1)[0].body)
    assert code
    page.get_by_label("6 位验证码").fill(code.group())
    follow(page.get_by_role("button", name="对，就是我"))


def signed_in(client: Client, pid: str, phone: str = "13800000000") -> Client:
    """The same client, with this person at the phone."""
    session = client.session
    session["pid"], session["phone"] = pid, phone
    session.save()
    return client


def carry_on(page: Page, client: Client, live_server: Any) -> None:
    """The browser is signed in as this client is."""
    page.context.add_cookies([{"name": "sessionid", "value": client.session.session_key, "url": live_server.url}])
