"""Mending a delivery: previewed, applied, counted once, undone; the original never changes; corrected cells come in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import exchange_feeds as feeds
from doudi.exchange import actions, jobs, queries
from doudi.exchange.models import Load
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.office.models import JournalEntry
from exchange.test_corrections import officer
from people import NOON, clerk_li

pytestmark = pytest.mark.django_db
SHU = Party.system("feeds")
DAY = NOON.date()
FIXES = [
    {"kind": "values", "column": "care_grade", "map": {"全自理吧": "full"}},
    {"kind": "dates", "column": "from_date", "order": "dmy"},
]


@pytest.fixture
def messy(tmp_path, settings) -> Load:
    settings.LAKE = tmp_path / "lake"
    rows = feeds.tekun_rows(20)
    for row in rows[:5]:
        row[4] = "全自理吧"
    for row in rows[5:8]:
        row[7] = "05/06/2021"
    rows[8][2] = ""
    feeds.write(tmp_path / "in" / "tekun_2026-06-30.csv", feeds.text(rows))
    ((load, _),) = jobs.pick_up(tmp_path / "in", by=SHU, at=NOON).loads.values()
    return load


def mend(load: Load, by, told=FIXES, at=NOON) -> Load:
    source = queries.source_of(load.pk)
    draft = actions.start_mending(load=source.load, mends=source.mends, by=by, at=at)
    mends = [*draft.mends, *told]
    jobs.change_mends(source, ref=draft.ref, told=mends, by=by, at=at)
    draft.refresh_from_db()
    return jobs.apply_mends(source, ref=draft.ref, told=draft.mends, by=by, at=at)


def counted() -> list[int]:
    return [row.batch for row in queries.current_loads(DAY)]


def test_preview_says_what_apply_does_and_rows_count_once(messy):
    ours = officer("", "shu")
    before = queries.lake().delivery(messy.delivery).read_bytes()
    source = queries.source_of(messy.pk)
    seen = jobs.preview(source, FIXES)
    assert (messy.accepted, messy.rejected) == (11, 9)
    assert (seen.accepted, seen.rejected, list(seen.changed)) == (19, 1, [5, 3])
    assert [(one.field, one.reason) for one in seen.groups] == [("name", "empty")]

    made = mend(messy, ours, at=NOON + timedelta(hours=1))
    assert (made.rows, made.accepted, made.rejected) == (20, 19, 1)
    assert counted() == [made.pk]
    assert [row.batch for row in queries.current_loads(DAY, known_at=NOON)] == [messy.pk]
    assert queries.lake().delivery(messy.delivery).read_bytes() == before
    assert messy.accepted + messy.rejected == Load.objects.get(pk=messy.pk).rows

    again = mend(made, ours, [{"kind": "cell", "row": 9, "column": "name", "value": "王芳"}], at=NOON + timedelta(hours=2))
    assert (again.accepted, again.mended_from_id) == (20, messy.pk)
    assert counted() == [again.pk]
    numbers = pq.read_table(queries.lake().object(again.object))["row_no"].to_pylist()
    assert numbers == list(range(1, 21))


def test_undone_what_was_before_counts_again(messy):
    ours = officer("", "shu")
    first = mend(messy, ours, FIXES[:1])
    second = mend(first, ours, FIXES[1:], at=NOON + timedelta(hours=1))
    viewer = office.viewer(ours, "feed.list", NOON)
    newest, oldest = queries.mendings_of(messy.pk, viewer)
    assert (newest.mended, oldest.mended) == (second.pk, first.pk)
    with pytest.raises(NotAllowed, match="为什么"):
        actions.undo_mends(ref=newest.ref, why=" ", by=ours, at=NOON)
    actions.undo_mends(ref=newest.ref, why="日月弄反了", by=ours, at=NOON + timedelta(hours=2))
    assert counted() == [first.pk]
    assert [one["column"] for one in queries.source_of(messy.pk).mends] == ["care_grade"]
    actions.undo_mends(ref=oldest.ref, why="部门会重送", by=ours, at=NOON + timedelta(hours=3))
    assert counted() == [messy.pk]
    acts = JournalEntry.objects.filter(act__in=["exchange.apply_mends", "exchange.undo_mends"]).count()
    assert acts == 4


def test_added_rows_are_not_counted_twice(tmp_path, settings):
    """A load that adds is not replaced by a later one of its part: the mended one must stand for it."""
    settings.LAKE = tmp_path / "lake"
    labels = dict(zip(feeds.TEKUN, feeds.tekun_row(1), strict=True))
    pushed = jobs.push_rows(
        "tekun", [labels, labels | {"供养证号": "TK9", "自理能力": "全自理吧"}], sender="", batch_key="b1", by=SHU, at=NOON
    )
    assert (pushed.load.accepted, pushed.load.rejected) == (1, 1)
    made = mend(pushed.load, officer("", "shu"), FIXES[:1])
    assert made.accepted == 2 and counted() == [made.pk]


def test_a_list_that_changed_or_a_newer_file_stops_it(messy, tmp_path):
    ours = officer("", "shu")
    source = queries.source_of(messy.pk)
    draft = actions.start_mending(load=source.load, by=ours, at=NOON)
    assert actions.start_mending(load=source.load, by=ours, at=NOON).pk == draft.pk
    jobs.change_mends(source, ref=draft.ref, told=FIXES, by=ours, at=NOON)
    with pytest.raises(NotAllowed, match="又变了"):
        jobs.apply_mends(source, ref=draft.ref, told=[], by=ours, at=NOON)
    feeds.write(tmp_path / "again" / "tekun_2026-06-30.csv", feeds.text(feeds.tekun_rows(21)))
    jobs.pick_up(tmp_path / "again", by=SHU, at=NOON + timedelta(hours=1))
    draft.refresh_from_db()
    with pytest.raises(NotAllowed, match="后来又送了"):
        jobs.apply_mends(source, ref=draft.ref, told=draft.mends, by=ours, at=NOON + timedelta(hours=2))


def test_a_file_refused_for_its_headings_is_taken_once_they_are_named(tmp_path, settings):
    settings.LAKE = tmp_path / "lake"
    heading = [*feeds.TEKUN[:3], "住哪个村", *feeds.TEKUN[4:]]
    feeds.write(tmp_path / "in" / "tekun_2026-06-30.csv", feeds.text(feeds.tekun_rows(4), heading=heading))
    assert not jobs.pick_up(tmp_path / "in", by=SHU, at=NOON).loads
    ours = officer("", "shu")
    (refused,) = queries.refusals(office.viewer(ours, "feed.list", NOON))
    source = queries.source_of_refusal(refused.id, "tekun")
    told = [{"kind": "heading", "heading": "住哪个村", "column": "area_code"}]
    draft = actions.start_mending(refusal=refused.id, dataset="tekun", by=ours, at=NOON)
    jobs.change_mends(source, ref=draft.ref, told=told, by=ours, at=NOON)
    made = jobs.apply_mends(source, ref=draft.ref, told=told, by=ours, at=NOON)
    assert (made.accepted, f"{made.as_of}", made.mended_from_id) == (4, "2026-06-30", None)
    assert queries.source_of(made.pk).mends == told
    assert queries.saved_mends("tekun", "") == told


def test_only_those_who_look_after_this_data_may_mend_it(messy):
    theirs, others = officer("civil_affairs"), officer("health")
    assert mend(messy, theirs).accepted == 19
    for by in (others, clerk_li()):
        with pytest.raises(NotAllowed):
            actions.start_mending(load=messy.pk, by=by, at=NOON)
    viewer = office.viewer(others, "feed.list", NOON)
    assert queries.mendings_of(messy.pk, viewer) == [] and queries.load(messy.pk, viewer) is None
    assert queries.loads(viewer) == [] and queries.rejects(messy.pk, viewer) == []


def test_a_corrected_cell_comes_in_and_leaves_what_somebody_began(messy):
    ours, theirs = officer("", "shu"), officer("civil_affairs")
    draft = actions.start_mending(load=messy.pk, mends=FIXES[:1], by=ours, at=NOON)
    asked = actions.ask_correction(
        dataset="tekun",
        field="name",
        batch=messy.pk,
        row_no=9,
        held="",
        believed=None,
        evidence="没有姓名",
        origin="reject",
        by=ours,
        at=NOON,
    )
    actions.correct_correction(ref=asked.ref, value="王芳", why="漏填", by=theirs, at=NOON)
    assert list(jobs.take_corrections(by=theirs, at=NOON).values()) == [1]
    asked.refresh_from_db()
    assert asked.state == "applied" and counted() == [asked.applied_id]
    rows = pq.read_table(queries.lake().object(asked.applied.object)).to_pylist()
    assert {row["row_no"]: row["name"] for row in rows}[9] == "王芳" and len(rows) == 12
    draft.refresh_from_db()
    assert [one["kind"] for one in draft.mends] == ["values", "cell"]  # or the next list would take the name out again
    assert jobs.take_corrections(by=theirs, at=NOON) == {}


def test_the_original_must_still_be_there(messy):
    Path(queries.lake().delivery(messy.delivery)).unlink()
    with pytest.raises(jobs.Refused, match="原件"):
        jobs.preview(queries.source_of(messy.pk), FIXES)
