"""Every letter in plain words: what changed, from when, why, by which article, until which day one may object, whom to call."""

import re
from datetime import date, datetime
from types import SimpleNamespace

import pytest

from doudi.casework.core.causes import CAUSES, KINDS
from doudi.casework.core.papers import catalogue
from doudi.casework.queries.letters import Changed
from doudi.payment.queries.claims import ClaimMonthRow, ClaimPage, ClaimRow
from doudi.web.parts import letters
from people import HERE
from web.test_wording import BANNED

LONG = 25  # characters of a sentence that warn (design, section 7)
AUGUST, NOVEMBER = date(2026, 8, 1), date(2026, 11, 1)


def changed(kind: str, cause: str = "job", goes_to: str = "") -> Changed:
    given = {"end": ((AUGUST, 0, 2),), "exit": ((AUGUST, 40000, 2), (NOVEMBER, 0, 2)), "suspend": ((AUGUST, 0, 2),)}
    return Changed(
        ref="a1", case_ref="c1", name="王桂兰", area="990101001201", handler="李敏", programme_label="最低生活保障", kind=kind,
        cause=cause, cause_label=CAUSES[cause].label, goes_to=goes_to, article="D57 Art. 33；LAW Art. 48",
        reason="儿子上个月有了工资", heard_label="听过了",
        happened_on=date(2026, 6, 3), from_month=AUGUST, until_month=NOVEMBER, before_fen=80000,
        given=given.get(kind, ((AUGUST, 60000, 2),)), decided_on=date(2026, 7, 10), notice_due_on=date(2026, 7, 15),
        reconsider_until=date(2026, 9, 8), lawsuit_until=date(2027, 1, 10), reconsider_at="禾安县人民政府",
    )  # fmt: skip


def claimed(state: str) -> ClaimPage:
    at = datetime(2026, 7, 10, 9, tzinfo=HERE)
    row = ClaimRow("k1", "王*兰", "石磨村", "c1", "最低生活保障", 60000, 60000, state, "", at)
    return ClaimPage(
        row=row, name="王桂兰", months=(ClaimMonthRow(AUGUST, 80000, 20000, 60000),), recoveries=(),
        way="从以后每月的救助里慢慢抵",
        share=10, from_month=NOVEMBER, is_hardship=False, why="去世的人那个月还在发", decided_by="赵建国", decided_at=at,
        approved_by="林主任", approved_at=at, is_own=False, area="990101001201",
    )  # fmt: skip


def a_case():
    return SimpleNamespace(
        programme="dibao", name="王桂兰", handler="李敏", decision=SimpleNamespace(reconsider_at="禾安县人民政府")
    )  # fmt: skip


def sentences(letter: letters.Letter) -> list[str]:
    said = [*letter.lines, *letter.figures, *letter.rights, *letter.spoken]
    plain = re.sub(r"《[^》]*》", "法", "\n".join(said))
    return [one.strip() for one in re.split(r"[。；！？\n]", plain) if one.strip()]


WRITTEN = {kind: letters.of_change(changed(kind), "禾安县民政局") for kind in KINDS} | {
    state: letters.of_claim(a_case(), claimed(state), "禾安县民政局") for state in ("open", "waived")
}
WRITTEN["moved"] = letters.of_change(changed("end", "moved_away", "邻河县桃花镇政务大厅"), "禾安县民政局")


@pytest.mark.parametrize("kind", list(WRITTEN))
def test_a_letter_is_understood_and_says_how_to_object(kind):
    letter, said = WRITTEN[kind], sentences(WRITTEN[kind])
    assert catalogue()[letter.code].is_letter
    assert not [word for word in BANNED for one in said if word in one]
    assert not [one for one in said if len(re.sub(r"[\d ,.]", "", one)) > LONG]
    assert any("2026 年 9 月 8 日前可以申请行政复议" in one for one in letter.rights)
    assert any("12345" in one for one in letter.spoken) and letter.spoken[0] == "王桂兰，您好。"


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("change", "原来每月 800 元，从 2026 年 8 月起，每月给您家 2 口人 600 元。"),
        ("exit", "从 2026 年 11 月起不再发。"),
        ("end", "从 2026 年 8 月起不再发。"),
        ("moved", "这边发到 2026 年 7 月，从 2026 年 8 月起不再发。"),
        ("moved", "以后找这里办：邻河县桃花镇政务大厅。"),
        ("moved", "您家的案卷由我们交给那边，不用您送。"),
        ("suspend", "从 2026 年 8 月起先停一停，最晚停到 2026 年 11 月。"),
        ("open", "从 2026 年 11 月起，每月最多抵 10%。"),
        ("waived", "县里定了，这笔钱不用退。"),
    ],
)
def test_a_letter_says_from_what_to_what_and_from_when(kind, says):
    assert says in WRITTEN[kind].lines


def test_who_moved_away_gets_another_letter_than_who_is_helped_no_more():
    moved, end = WRITTEN["moved"], WRITTEN["end"]
    assert (moved.code, end.code) == ("moved", "ended") and moved.title != end.title
    assert not any("可以再申请，也可以" in one for one in moved.lines)
    assert any("桃花镇" in one for one in moved.spoken)  # read to whoever cannot read
    other = letters.of_change(changed("change", "moved_away"), "禾安县民政局")
    assert other.code == "changed"


def test_every_kind_of_change_has_its_letter():
    assert set(letters.CHANGES) == set(KINDS)
