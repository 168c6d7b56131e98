"""Questions carried by people: a file out and back, a numbered letter, an answer typed in that another person looks at."""

from __future__ import annotations

import csv
import io
import os
from datetime import date, timedelta

import pytest

import people
from doudi.config.home import Home
from doudi.office import actions as office
from doudi.office.core import NotAllowed, Role
from doudi.verification import actions, jobs, queries
from doudi.verification.core import NotAnAnswer
from doudi.verification.models import Answer, Dispatch, Item, Question
from people import NOON
from verification.test_asking import WORKER, asked, lake, standing

pytestmark = pytest.mark.django_db
__all__ = ["lake", "standing"]
PAPER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def keep(way="file", **more):
    given = {"label": "公积金中心", "dataset": "deposit", "adapter": way} | more
    return actions.keep_source(code="fund", by=WORKER, at=NOON, **given)


def gao():
    return people.clerk("gao", "高敏", Role.VERIFICATION, people.COUNTY)


def tang():
    return people.clerk("tang", "唐静", Role.VERIFICATION, people.COUNTY)


def fill(content, *answers):
    """The table that went out, with answers written into its lines: (line, column → value)…, a line more than once is copied."""
    table = list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))
    out = [table[0]]
    for line, values in answers:
        row = list(table[line])
        for name, value in values.items():
            row[table[0].index(name)] = value
        out.append(row)
    text = io.StringIO()
    csv.writer(text).writerows(out)
    return text.getvalue()


FOUND = {"回答": "查到了", "数据截至": "2026-06-28", "截至日期": "2026-06-28", "余额": "5000"}


def test_a_file_goes_out_once_a_day_with_its_digest_and_comes_back_line_by_line(lake):
    keep()
    check = asked()
    assert jobs.carry_files(by=WORKER, at=NOON) == (1, 0) and jobs.carry_files(by=WORKER, at=NOON) == (0, 0)
    out, one = Dispatch.objects.get(), Question.objects.get(source="fund")
    assert (one.state, one.dispatch_id, out.number) == ("sent", out.pk, "WJ2026000001") and "王桂兰" in out.content

    filled = fill(out.content, (1, FOUND | {"行号": "甲"}), (1, FOUND | {"行号": "乙", "余额": "70.5"}))
    for data in (filled.encode("gb18030"), filled.encode("utf-8-sig")):
        done = jobs.take_file(queries.source("fund"), data, by=gao(), at=NOON + timedelta(days=30))
        assert not done.wrong and done.taken + done.again == 1
    assert done.again == 1 and Answer.objects.filter(question=one).count() == 1
    assert [item.values["balance"] for item in Item.objects.filter(answer__question=one).order_by("id")] == [500000, 7050]
    assert {row.source: row.said for row in queries.answers(check.ref)}["fund"] == "found"


@pytest.mark.parametrize(
    ("changed", "column", "reason"),
    [
        ({"余额": "很多"}, "余额", "not_money"),
        ({"数据截至": "2026-13-40"}, "数据截至", "no_such_day"),
        ({"回答": "好像有"}, "回答", "unknown_said"),
        ({"回答": "没有查到"}, "回答", "rows_without_found"),
        ({"问题编号": "q0000000000000000"}, "问题编号", "no_such_question"),
        ({"余额": ""}, "余额", "empty"),
    ],
)
def test_a_wrong_place_of_a_file_is_named_and_nothing_of_it_taken(lake, changed, column, reason):
    keep()
    asked()
    jobs.carry_files(by=WORKER, at=NOON)
    data = fill(Dispatch.objects.get().content, (1, FOUND | changed)).encode()
    done = jobs.take_file(queries.source("fund"), data, by=gao(), at=NOON)
    assert [(one.line, one.column, one.reason) for one in done.wrong] == [(2, column, reason)] and done.wrong[0].fix
    assert done.taken == 0 and not Answer.objects.filter(question__source="fund").exists()


def test_what_is_no_such_table_is_refused_whole(lake):
    keep()
    for data in (b"", b"a,b\n1,2\n", bytes(range(128, 256))):
        with pytest.raises(NotAnAnswer):
            jobs.take_file(queries.source("fund"), data, by=gao(), at=NOON)
    with pytest.raises(NotAllowed):
        asked()
        jobs.carry_files(by=WORKER, at=NOON)
        data = fill(Dispatch.objects.get().content, (1, FOUND)).encode()
        jobs.take_file(queries.source("fund"), data, by=people.clerk_li(), at=NOON)


def test_a_folder_is_filled_and_emptied_and_killed_in_between_nothing_is_lost(lake, settings, tmp_path):
    settings.HOME = Home(tmp_path)
    keep(address="fund")
    asked()
    jobs.carry_files(by=WORKER, at=NOON)
    (out,) = (tmp_path / "sources/fund/out").glob("*.csv")
    assert (out.with_name(out.name + ".sha256")).read_text().split()[0] == Dispatch.objects.get().sha256
    out.unlink()  # made, and then the power failed before it lay there
    jobs.carry_files(by=WORKER, at=NOON)
    answered = tmp_path / "sources/fund/in/back.csv"
    for _ in range(2):  # taken in, and then the power failed before it was put away
        answered.write_text(fill(out.read_text(encoding="utf-8"), (1, FOUND)), encoding="utf-8")
        os.utime(answered, (1, 1))
        jobs.carry_files(by=WORKER, at=NOON)
    assert Answer.objects.filter(question__source="fund").count() == 1 and not answered.exists()
    told = [path.read_text() for path in (tmp_path / "sources/fund/done").glob("*.txt")]
    assert any("收过 1 个" in text for text in told)


def test_a_letter_is_numbered_and_its_answer_counts_when_another_person_saw_the_paper(lake):
    keep("letter", address="禾安县解放路 1 号")
    asked()
    assert jobs.carry_files(by=WORKER, at=NOON) == (0, 0)  # letters are written by people
    letter = actions.dispatch(source="fund", by=gao(), at=NOON)
    assert letter.number == "HX2026000001" and actions.dispatch(source="fund", by=gao(), at=NOON) is None
    one = Question.objects.get(source="fund")
    told = {"said": "found", "as_of": date(2026, 6, 28), "rows": [{"balance_date": "2026-06-28", "balance": "88"}]}
    with pytest.raises(NotAllowed, match="照片"):
        actions.type_answer(question=one.ref, paper="", by=gao(), at=NOON, **told)
    paper = office.keep_paper(
        kind="reply", content_type="application/pdf", data=PAPER, area=one.check_asked.area, subject=one.pid, by=gao(), at=NOON
    )
    with pytest.raises(NotAnAnswer) as bad:
        actions.type_answer(question=one.ref, paper=paper.ref, by=gao(), at=NOON, **told | {"rows": [{"balance": "88"}]})
    assert bad.value.rows[0].field == "balance_date"
    actions.type_answer(question=one.ref, paper=paper.ref, by=gao(), at=NOON, **told)
    assert not Answer.objects.filter(question=one).exists()
    with pytest.raises(NotAllowed, match="自己核对"):
        actions.look_at_typed(question=one.ref, agree=True, by=gao(), at=NOON)
    assert actions.look_at_typed(question=one.ref, agree=False, why="少一个零", by=tang(), at=NOON) is None
    actions.type_answer(question=one.ref, paper=paper.ref, by=gao(), at=NOON, **told)
    kept = actions.look_at_typed(question=one.ref, agree=True, by=tang(), at=NOON)
    assert (kept.said, kept.paper) == ("found", paper.ref) and kept.items.get().values["balance"] == 8800


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.RESIDENT, Role.VERIFICATION)])
def test_who_does_not_carry_questions_cannot(lake, role):
    keep("letter")
    asked()
    somebody = people.clerk(f"x{role}", "某人", role, people.COUNTY)
    with pytest.raises(NotAllowed):
        actions.dispatch(source="fund", by=somebody, at=NOON)
    with pytest.raises(NotAllowed):
        actions.answer(
            question=Question.objects.get(source="fund").ref, said="nothing", as_of=date(2026, 6, 1), by=somebody, at=NOON
        )
