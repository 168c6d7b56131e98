"""As an office serves it: static files under hashed names, gathered once; a name nobody gathered breaks the page."""

from __future__ import annotations

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client

from doudi.web.parts.templatetags.parts import icon
from people import clerk_li, worker_wang

OPEN = ("/", "/standards/", "/ask/", "/shown/", "/gallery/", "/my/sign-in/", "/desk/login/", "/demo/")
DESK = ("/desk/", "/desk/cases/", "/desk/alerts/", "/desk/shown/", "/desk/find/")


@pytest.fixture
def fresh_icons():
    """Where the sprite lies is remembered while a process runs; here it moves, there and back."""
    icon.cache_clear()
    yield
    icon.cache_clear()


@pytest.mark.django_db
@pytest.mark.usefixtures("fresh_icons")
def test_every_page_finds_its_files_under_their_hashed_names(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    assert staticfiles_storage.url("css/tokens.css") != "/static/css/tokens.css"
    for who, addresses in ((None, OPEN), (clerk_li(), DESK), (worker_wang(), ("/field/", "/field/sw.js"))):
        client = Client()
        if who:
            client.force_login(who)
        for address in addresses:
            assert client.get(address).status_code == 200, address
    assert 'indexOf("/static/")' in client.get("/field/sw.js").content.decode()
