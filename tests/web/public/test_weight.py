"""Pages for people stay light: everything a first visit loads, compressed, is below 30 KB; a later page below 8 KB."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

import people

pytestmark = pytest.mark.django_db
PAGES = ("/", "/ask/", "/standards/", "/shown/", "/figures/", "/helpers/", "/progress/", "/my/sign-in/", "/sheet/", "/gallery/")


def weight(data: bytes) -> int:
    return len(gzip.compress(data, 6))


def loaded(html: str) -> set[str]:
    """The files a page names, each once."""
    return {name.partition("#")[0] for name in re.findall(r'(?:href|src)="/static/([^"]+)"', html)}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("elder", [False, True], ids=["standard", "elder"])
def test_a_first_visit_is_light(client, page, elder):
    people.places()
    if elder:
        client.cookies["elder"] = "1"
    html = client.get(page).content
    files = {name: weight(Path(finders.find(name)).read_bytes()) for name in loaded(html.decode())}
    assert weight(html) <= 8 * 1024
    assert weight(html) + sum(files.values()) <= 30 * 1024, files


@pytest.mark.parametrize("page", PAGES)
def test_nothing_comes_from_elsewhere(client, page):
    people.places()
    answer = client.get(page)
    html = answer.content.decode()
    assert not re.search(r'(?:href|src|action)="(?:https?:)?//', html)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy


@pytest.mark.parametrize("page", PAGES)
def test_a_page_takes_few_queries(client, page, django_assert_max_num_queries):
    people.places()
    people.worker_wang()
    with django_assert_max_num_queries(8):
        client.get(page)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_whom_to_call(client, page):
    people.places()
    assert "12345" in client.get(page).content.decode()
