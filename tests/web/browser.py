"""A real Chromium for page tests: phone and desk sizes, accessibility, weight, pictures to look at."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

PHONE = {"width": 360, "height": 740}
NARROW = {"width": 320, "height": 640}
DESK = {"width": 1440, "height": 900}
BOTH = {"360": PHONE, "1440": DESK}  # the two sizes every page is looked at, with the endings of their pictures
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The same Chromium without its own windows and toolbars comes first: it draws the pages alike for half the work.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
AXE = Path(AXE_FILE_PATH).read_text()
PICTURES = os.environ.get("DOUDI_PICTURES")  # a folder: every page looked at leaves its picture there


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, once for all tests."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, "no Chromium here: bin/setup dev installs it"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright runs a loop in this thread; tests still use the database plainly
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


Opener = Callable[..., Page]


@pytest.fixture
def open_browser(chromium: Browser, live_server: object) -> Iterator[Opener]:
    """Make a page of a given size; every console error or refused style fails the test that caused it."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opener(size: dict[str, int] = PHONE, script: bool = True, **more: object) -> Page:
        context = chromium.new_context(
            viewport=size, locale="zh-CN", base_url=live_server.url, java_script_enabled=script, reduced_motion="reduce", **more
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)  # a machine with much to do is slow, not wrong
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opener
    for context in contexts:
        with contextlib.suppress(Exception):
            context.close()
    # A form that asks for something missing answers 422 on purpose; Chromium writes that down as an error.
    # A test that takes the line away on purpose hears of it too.
    unexpected = [line for line in complaints if "status of 422" not in line and "ERR_INTERNET_DISCONNECTED" not in line]
    assert not unexpected, unexpected


def follow(link: Locator) -> None:
    """Press what leads to another page, and wait for that page: Chromium answers a press before it has gone anywhere."""
    with link.page.expect_navigation():
        link.click()


class Eyes:
    """Whether pages are looked at in this run: another database changes what a page says, not how it looks."""

    open = True


def looked_at(
    page: Page,
    name: str,
    sizes: Mapping[str, dict[str, int]] = BOTH,
    *,
    rules: list[str] | None = None,
    fingers: Sequence[dict[str, int]] = (NARROW, PHONE),
    targets: Callable[[Page], list[str]] | None = None,
    axe: bool = True,
) -> None:
    """Look at one state of a page as everybody does, on the one walk there is, and leave it at its own size.

    axe is asked once, at the size the page is open at. At every size (named by the ending of its picture) nothing may be
    wider than the screen; at those touched with a `finger`, no control lower than one, as `targets` (small_targets) finds them.
    """
    if not Eyes.open:
        return
    own = page.viewport_size
    wrong = violations(page, rules) if axe else []
    for ending, size in sizes.items():
        if page.viewport_size != size:
            page.set_viewport_size(size)
        picture(page, f"{name}-{ending}")
        if scrolls_sideways(page):
            wrong.append(f"{ending}: scrolls sideways")
        if size in fingers:
            wrong += [f"{ending}: {line}" for line in (targets or small_targets)(page)]
    if page.viewport_size != own:
        page.set_viewport_size(own)
    assert wrong == [], (name, wrong)


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds wrong on this page, one line each with the element."""
    if not page.evaluate("'axe' in window"):  # a page that changed in place has it already
        page.evaluate(AXE)
    return page.evaluate(
        """rules => axe.run({runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']}).then(found => found.violations
        .map(v => `${v.id}: ${v.help} ${JSON.stringify(v.nodes.slice(0, 3).map(n => n.target))}`))""",
        rules or RULES,
    )


def scrolls_sideways(page: Page) -> bool:
    """Whether anything is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def small_targets(page: Page, least: int = 44) -> list[str]:
    """Controls lower than a finger needs (links inside a sentence excepted)."""
    return page.evaluate(
        """least => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')]
        .filter(e => e.offsetParent && !e.matches('p a, .skip, .ribbon a, li a:not(.row):not(.foot__links a)'))
        .map(e => [e.outerHTML.slice(0, 90), Math.round(e.getBoundingClientRect().height)])
        .filter(([_, height]) => height > 0 && height < least).map(String)""",
        least,
    )


def low_at_the_desk(page: Page) -> list[str]:
    """Staff pages: controls lower than a finger needs, and answers whose whole label is; the label is what is touched."""
    low = [line for line in small_targets(page) if 'type="radio"' not in line and 'type="checkbox"' not in line]
    return low + page.evaluate(
        """() => [...document.querySelectorAll('label:has([type=radio]), label:has([type=checkbox])')].filter(e => e.offsetParent)
        .filter(e => e.getBoundingClientRect().height < 44).map(e => e.innerText)"""
    )


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page when DOUDI_PICTURES names a folder; tests never depend on it."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
