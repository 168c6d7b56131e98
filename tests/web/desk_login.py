"""Signing a clerk of the cast in, through the browser or the test client."""

from __future__ import annotations

from playwright.sync_api import Page


def sign_in(page: Page, username: str) -> None:
    """Sign a clerk of the cast in through the page everybody uses."""
    page.goto("/desk/login/")
    page.locator("#id_username").fill(username)
    page.locator("#id_password").fill("doudi-demo-2026")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda address: "/desk/login/" not in address)
