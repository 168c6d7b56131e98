"""Chinese first, English beside it: every sentence of the public pages has its English, and the switch is remembered."""

import re
from pathlib import Path

import pytest
from django.utils import translation

import doudi.web
from doudi.casework import core as casework
from doudi.registry import core as registry
from doudi.verification.core import asked_datasets
from doudi.web.parts.words import WORDS

WEB = Path(doudi.web.__file__).parent
PO = WEB / "locale/en/LC_MESSAGES/django.po"
HAN = re.compile(r"[\u4e00-\u9fff]")


def test_nothing_is_left_untranslated():
    blocks = re.split(r"\n\n+", PO.read_text())
    empty = [block for block in blocks[1:] if re.search(r'^msgstr(\[\d\])? ""\s*$', block, re.M)]
    assert empty == []
    assert "fuzzy" not in PO.read_text()


def test_the_compiled_catalogue_is_the_written_one():
    with translation.override("en"):
        for block in re.split(r"\n\n+", PO.read_text())[1:]:
            said, english = (re.search(rf'^{key} "(.*)"$', block, re.M) for key in ("msgid", "msgstr"))
            if said and english:
                unescaped = [one.group(1).replace('\\"', '"') for one in (said, english)]
                assert translation.gettext(unescaped[0]) == unescaped[1]


@pytest.mark.parametrize(
    "path", sorted((WEB / "public").rglob("*.html")) + sorted((WEB / "phone").rglob("*.html")), ids=lambda p: p.stem
)
def test_every_chinese_word_of_a_page_goes_through_translation(path):
    if path.name == "sheet.html":  # the paper form stays Chinese: it is signed and filed
        return
    text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}|{%.*?%}|{{.*?}}", "", path.read_text(), flags=re.S)
    left = re.sub(r"[（）、：。，；　]", "", text)
    assert HAN.findall(left) == []


def test_words_of_other_rooms_are_named_for_translators():
    needed = {
        *casework.HARDSHIPS.values(),
        *casework.INCOMES.values(),
        *casework.ACCOUNT_WAYS.values(),
        *(state.says for state in casework.State),
        *(one.asks for one in asked_datasets()),
        *(road.label for road in casework.roads().values()),
        *registry.RELATIONS.values(),
        *(purpose.label for purpose in registry.Purpose),
    }
    assert needed - set(WORDS) == set()


@pytest.mark.django_db
def test_the_switch_is_remembered_and_a_phone_set_to_english_does_not_decide(client):
    assert "我要申请帮助" in client.get("/", headers={"accept-language": "en"}).content.decode()
    client.post("/look/", {"language": "en", "next": "/"})
    page = client.get("/").content.decode()
    assert 'lang="en"' in page and "I want to apply for help" in page
    client.post("/look/", {"language": "zh-hans", "next": "/"})
    assert "我要申请帮助" in client.get("/").content.decode()


@pytest.mark.django_db
def test_looking_never_leads_to_another_site(client):
    assert client.post("/look/", {"elder": "1", "next": "https://elsewhere.example/"}).url == "/"
