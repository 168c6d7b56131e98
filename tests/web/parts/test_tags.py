"""How pages write money, days and states."""

from datetime import UTC, date, datetime

import pytest
from django.template import engines
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from doudi.web.parts.templatetags import parts


@pytest.mark.parametrize(
    ("fen", "words"), [(0, "0"), (48600, "486"), (48650, "486.50"), (123456789, "1,234,567.89"), (-100, "-1"), (None, "不清楚")]
)
def test_money_keeps_every_fen(fen, words):
    assert parts.money(fen) == words


@given(st.integers(-(10**12), 10**12))
def test_money_reads_back(fen):
    assert round(float(parts.money(fen).replace(",", "")) * 100) == fen


def test_unknown_is_never_nought():
    assert parts.yuan(None) == "不清楚"
    assert parts.yuan(0) == "0 元"


def test_days_are_days_here_not_in_greenwich():
    late = datetime(2026, 6, 30, 16, 30, tzinfo=UTC)  # half past midnight on 1 July here
    assert parts.day(late) == "7 月 1 日"
    assert parts.moment(late) == "7 月 1 日 00:30"
    assert parts.short_day(late) == "07-01"
    assert parts.full_day(date(2026, 7, 1)) == "2026 年 7 月 1 日"
    assert parts.month(date(2026, 7, 1)) == "2026 年 7 月"


def test_days_in_english():
    with translation.override("en"):
        assert parts.full_day(date(2026, 7, 1)) == "1 Jul 2026"


def test_years_turn_on_the_birthday():
    born = date(1954, 7, 2)
    assert parts.years(born, date(2026, 7, 1)) == 71
    assert parts.years(born, date(2026, 7, 2)) == 72
    assert parts.years(None, date(2026, 7, 2)) is None


def test_icons_are_silent_and_tags_escape():
    drawn = engines["django"].from_string('{% icon "phone" %}{% tag words "red" %}').render({"words": "<b>"})
    assert 'aria-hidden="true"' in drawn and "sprite.svg#phone" in drawn
    assert "&lt;b&gt;" in drawn and "tag--red" in drawn


@pytest.mark.parametrize(
    ("cited", "words"),
    [
        ("LAW Art. 18", "《社会救助法》第 18 条"),
        ("D57 Art. 14、15；LAW Art. 46–48", "《最低生活保障审核确认办法》第 14、15 条；《社会救助法》第 46–48 条"),
        ("O2023 §3", "《关于加强低收入人口动态监测做好分层分类社会救助工作的意见》第 3 部分"),
        ("地方规定", "地方规定"),
        ("国发〔2015〕52号", "国发〔2015〕52号"),
        (None, ""),
    ],
)
def test_articles_are_cited_by_their_names(cited, words):
    assert parts.article(cited) == words
