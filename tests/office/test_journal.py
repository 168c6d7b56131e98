"""The journal: gapless, provable, and every change named."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, connections, transaction

from doudi.office import actions, jobs, merkle, proofs
from doudi.office.models import Checkpoint, JournalEntry, JournalHead, JournalTile
from people import HALL, NOON

pytestmark = pytest.mark.django_db


def write(count: int) -> None:
    actions.record_all([("hall.act", f"s{number % 7}", {"number": number}) for number in range(count)], by=HALL, at=NOON)


def found() -> list[tuple[str, int | None, str]]:
    return [(one.table, one.seq, one.field) for one in proofs.verify().findings]


def test_lines_are_numbered_from_nought_without_a_gap_and_the_root_is_that_of_their_bytes() -> None:
    actions.record("hall.first", subject="a", by=HALL, at=NOON)
    write(3)
    rows = list(JournalEntry.objects.order_by("seq"))
    assert [row.seq for row in rows] == [0, 1, 2, 3]
    assert json.loads(bytes(rows[0].leaf)) == {
        "act": "hall.first", "at": "2026-07-01T04:00:00.000000Z", "by": "system:hall", "detail": {}, "seq": 0, "subject": "a",
    }  # fmt: skip
    assert bytes(JournalHead.objects.get().root) == merkle.root_of([merkle.leaf_hash(bytes(row.leaf)) for row in rows])
    assert proofs.verify().whole


@pytest.mark.parametrize("sizes", [(1, 255, 1, 300), (600,), (256, 256), (255, 2, 511)])
def test_written_in_any_portions_the_tree_is_the_same(sizes: tuple[int, ...]) -> None:
    for size in sizes:
        write(size)
    rows = JournalEntry.objects.order_by("seq")
    hashes = [merkle.leaf_hash(bytes(leaf)) for leaf in rows.values_list("leaf", flat=True)]
    assert bytes(JournalHead.objects.get().root) == merkle.root_of(hashes)
    assert JournalTile.objects.count() == sum(sizes) // 256
    assert proofs.verify().whole


def test_an_act_undone_leaves_no_line_and_no_gap() -> None:
    write(2)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write(3)
        1 / 0  # noqa: B018
    write(1)
    assert list(JournalEntry.objects.order_by("seq").values_list("seq", flat=True)) == [0, 1, 2]
    assert proofs.verify().whole


@pytest.mark.parametrize("detail", [{"share": 0.5}, {"at": NOON}])
def test_what_prints_differently_elsewhere_is_refused(detail: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        actions.record("hall.act", subject="a", by=HALL, at=NOON, detail=detail)


@pytest.mark.parametrize(
    ("subject", "detail"), [("990101194803050221", {}), ("a", {"phone": "13912345678"}), ("a", {"x": ["99010119480305022X"]})]
)
def test_numbers_of_people_do_not_come_into_the_journal(subject: str, detail: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="does not belong"):
        actions.record("hall.act", subject=subject, by=HALL, at=NOON, detail=detail)


def test_a_moment_without_zone_and_a_line_too_long_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        actions.record("hall.act", subject="a", by=HALL, at=NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="bytes"):
        actions.record("hall.act", subject="a", by=HALL, at=NOON, detail={"text": "长" * 22_000})


# ---- every changed byte is found and named ------------------------------------------------------------------------------

CHANGES = {
    "at": NOON + timedelta(microseconds=1),
    "by": "system:hell",
    "act": "hall.act2",
    "subject": "s9",
    "detail": '{"number":41}',
    "leaf": b"{}",
    "hash": bytes(32),
}


@pytest.mark.parametrize("seq", [3, 258])  # under a full tile, and after it
@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_column_is_named(name: str, seq: int) -> None:
    write(260)
    actions.sign_checkpoint()
    JournalEntry.objects.filter(seq=seq).update(**{name: CHANGES[name]})
    assert found() == [("JournalEntry", seq, name)]


@pytest.mark.parametrize("seq", [3, 258])
def test_a_renumbered_line_is_missing_here_and_added_there(seq: int) -> None:
    write(260)
    JournalEntry.objects.filter(seq=seq).update(seq=999)
    assert ("JournalEntry", seq, "seq") in found() and ("JournalEntry", 999, "seq") in found()


@pytest.mark.parametrize("seq", [0, 3, 258, 259])
def test_a_removed_line_is_named(seq: int) -> None:
    write(260)
    JournalEntry.objects.filter(seq=seq).delete()
    assert ("JournalEntry", seq, "seq") in found()


@pytest.mark.parametrize("seq", [-1, 260, 10**12])
def test_an_added_line_is_named(seq: int) -> None:
    write(260)
    row = JournalEntry.objects.get(seq=5)
    row.seq = seq
    row.save(force_insert=True)
    assert found() == [("JournalEntry", seq, "seq")]


def rewrite(seq: int) -> None:
    """What a careful forger does: fields, bytes and hash changed together."""
    row = JournalEntry.objects.get(seq=seq)
    row.detail = '{"number":77}'
    row.leaf = merkle.leaf_bytes(seq=seq, at=row.at, by=row.by, act=row.act, subject=row.subject, detail=row.detail)
    row.hash = merkle.leaf_hash(row.leaf)
    row.save()


def test_a_line_written_anew_as_a_whole_is_named_by_its_tile() -> None:
    write(260)
    rewrite(7)
    assert found() == [("JournalEntry", 7, "leaf")]


def test_a_line_written_anew_after_the_last_tile_is_named_by_the_head() -> None:
    write(257)
    rewrite(256)
    assert found() == [("JournalEntry", 256, "leaf")]


def test_when_everything_is_recomputed_the_signed_checkpoint_and_the_exported_lines_tell(tmp_path: Path) -> None:
    write(260)
    jobs.export_journal(tmp_path / "out")
    write(5)
    actions.sign_checkpoint()
    rows = [(row.act, row.subject, json.loads(row.detail)) for row in JournalEntry.objects.order_by("seq")]
    rows[7] = ("hall.act", "s0", {"number": 77})
    for table in (JournalEntry, JournalTile, JournalHead):
        table.objects.all().delete()
    actions.record_all(rows, by=HALL, at=NOON)
    verdict = proofs.verify()
    assert [one.words for one in verdict.findings] == [
        "lines 0 to 259 are not what was signed at 260 lines",
        "lines 260 to 264 are not what was signed at 265 lines",
    ]
    against = [(one.seq, one.field) for one in proofs.verify(against=tmp_path / "out").findings]
    assert (7, "leaf") in against and len([seq for seq, _ in against if seq is not None]) == 1
    with pytest.raises(merkle.NotProven, match="no longer those exported"):
        jobs.export_journal(tmp_path / "out")


def test_a_journal_cut_short_is_told_by_what_was_signed() -> None:
    write(260)
    actions.sign_checkpoint()
    for table in (JournalEntry, JournalTile, JournalHead):
        table.objects.all().delete()
    write(100)
    assert found() == [("JournalHead", None, "size")]
    with pytest.raises(merkle.NotProven, match="were signed before"):
        actions.sign_checkpoint()


@pytest.mark.parametrize(
    ("name", "value"), [("root", bytes(32)), ("frontier", bytes(64)), ("frontier", b""), ("size", 259), ("size", 261)]
)
def test_a_changed_head_is_named(name: str, value: object) -> None:
    write(260)
    JournalHead.objects.update(**{name: value})
    assert found()
    if name != "size":
        assert found() == [("JournalHead", None, name)]


@pytest.mark.parametrize(("name", "value"), [("hashes", bytes(8192)), ("root", bytes(32)), ("number", 5), ("level", 3)])
def test_a_changed_tile_is_named_and_never_blamed_on_the_lines(name: str, value: object) -> None:
    write(260)
    JournalTile.objects.update(**{name: value})
    assert {table for table, _, _ in found()} == {"JournalTile"}


def test_a_removed_tile_is_named() -> None:
    write(260)
    JournalTile.objects.all().delete()
    assert found() == [("JournalTile", None, "number")]


@pytest.mark.parametrize("change", [("\n260\n", "\n259\n"), ("doudi.local", "doudi.lokal"), ("— ", "- ")])
def test_a_changed_checkpoint_is_named(change: tuple[str, str]) -> None:
    write(260)
    note = actions.sign_checkpoint().note
    Checkpoint.objects.update(note=note.replace(*change))
    assert [table for table, _, _ in found()] == ["Checkpoint"]


def test_a_checkpoint_at_another_size_is_named() -> None:
    write(260)
    actions.sign_checkpoint()
    Checkpoint.objects.update(size=200)
    assert found() == [("Checkpoint", None, "size")]


@pytest.mark.parametrize(("name", "value"), [("at", "'2026-13-45 99:00:00'"), ("detail", "x'ff'"), ("at", "'soon'")])
def test_a_column_that_cannot_even_be_read_is_named(name: str, value: str) -> None:
    write(260)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE office_journalentry SET {name} = CAST({value} AS TEXT) WHERE seq = 3")
    except DatabaseError:
        assert connection.vendor == "postgresql"  # which does not keep what it cannot read
        return
    assert {(seq, field) for _, seq, field in found()} == {(3, name)}


# ---- proofs, tiles ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seq", [0, 255, 256, 300, 599])
def test_one_line_is_proven_with_nothing_but_the_proof_and_the_key(seq: int) -> None:
    write(600)
    proof = proofs.prove(seq, actions.sign_checkpoint())
    told = merkle.check_proof(json.loads(json.dumps(proof)), key=proof["key"])
    assert (told["proven"], told["size"], told["line"]["detail"]["number"]) == (True, 600, seq)
    for wrong in (
        proof | {"leaf": proof["leaf"].replace("hall.act", "hall.akt")},
        proof | {"seq": seq + 1},
        proof | {"proof": proof["proof"].replace("\n600\n", "\n601\n")},
        {"leaf": proof["leaf"]},
    ):
        with pytest.raises(merkle.NotProven):
            merkle.check_proof(wrong)
    stranger = merkle.verifier_key("doudi.local/journal", merkle.public_key(bytes(32)))
    with pytest.raises(merkle.NotProven, match="no signature"):
        merkle.check_proof(proof, key=stranger)


def test_no_proof_of_a_line_not_there() -> None:
    write(3)
    with pytest.raises(ValueError, match="not in a journal"):
        proofs.prove(3, actions.sign_checkpoint())


def test_growth_is_proven() -> None:
    write(300)
    actions.sign_checkpoint()
    write(400)
    checkpoint = actions.sign_checkpoint()
    for old in (1, 256, 300, 512, 700):
        proof = proofs.prove_growth(old, checkpoint)
        assert merkle.check_proof(proof)["new"] == 700
        with pytest.raises(merkle.NotProven):
            merkle.check_proof(proof | {"old_root": "00" * 32})


def test_no_proof_is_made_from_a_changed_journal() -> None:
    write(600)
    JournalEntry.objects.filter(seq=599).update(hash=bytes(32))
    with pytest.raises(merkle.NotProven):
        proofs.prove(598, actions.sign_checkpoint())


def test_what_is_handed_out_is_read_by_the_rules_of_the_specification_alone(tmp_path: Path) -> None:
    """A verifier that knows only tlog-tiles: checkpoint, then every tile and bundle it names."""
    write(70_000 // 100)
    done = jobs.export_journal(tmp_path)
    name, public = merkle.read_verifier_key((tmp_path / "key").read_text())
    head = merkle.open_checkpoint((tmp_path / "checkpoint").read_text(), name=name, public=public)
    assert (done.size, head.size, head.origin) == (700, 700, name)
    leaves: list[bytes] = []
    for tile in ("000", "001", "002.p/188"):
        data = (tmp_path / "tile/entries" / tile).read_bytes()
        at = 0
        while at < len(data):
            length = int.from_bytes(data[at : at + 2], "big")
            leaves.append(data[at + 2 : at + 2 + length])
            at += 2 + length
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    assert b"".join((tmp_path / "tile/0" / tile).read_bytes() for tile in ("000", "001", "002.p/188")) == b"".join(hashes)
    assert (tmp_path / "tile/1/000.p/2").read_bytes() == merkle.root_of(hashes[:256]) + merkle.root_of(hashes[256:512])
    assert merkle.root_of(hashes) == head.root
    assert [json.loads(leaf)["seq"] for leaf in leaves] == list(range(700))


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_handing_out_goes_on_where_it_stopped_and_changes_nothing_written(tmp_path: Path) -> None:
    write(300)
    jobs.export_journal(tmp_path / "a")
    first = files(tmp_path / "a")
    assert jobs.export_journal(tmp_path / "a").written == 0 and files(tmp_path / "a") == first
    write(400)
    jobs.export_journal(tmp_path / "a")
    jobs.export_journal(tmp_path / "b")
    grown, fresh = files(tmp_path / "a"), files(tmp_path / "b")
    assert {name: grown[name] for name in fresh} == fresh
    assert all(grown[name] == data for name, data in first.items() if name in grown and name != "checkpoint")
    assert set(grown) - set(fresh) == {"tile/1/000.p/1"}  # still needed by who holds the first checkpoint
    (tmp_path / "a" / "tile/0/000").unlink()
    assert jobs.export_journal(tmp_path / "a").written == 1
    assert proofs.verify(against=tmp_path / "a").whole


def test_a_changed_export_is_named(tmp_path: Path) -> None:
    write(300)
    jobs.export_journal(tmp_path)
    path = tmp_path / "tile/entries/000"
    path.write_bytes(path.read_bytes().replace(b"s1", b"s2", 1))
    with pytest.raises(merkle.NotProven, match="tile/0/000"):
        proofs.verify(against=tmp_path)


# ---- many at once -------------------------------------------------------------------------------------------------------


def in_threads(database: Path, *works: Callable[[], object]) -> None:
    """Run works at once, each with its own connection; SQLite in a file, for in memory there is only one writer at all."""
    problems: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        if connection.vendor == "sqlite":
            own = connection.copy()
            own.settings_dict["NAME"] = str(database)
            connections["default"] = own
        try:
            work()
        except BaseException as problem:
            problems.append(problem)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_leave_no_gap_and_no_double(tmp_path: Path, lay_tables: Callable[[Path], object]) -> None:
    def writer(name: str) -> None:
        for number in range(25):
            actions.record("hall.act", subject=name, by=HALL, at=NOON, detail={"number": number})

    def reader() -> None:
        assert list(JournalEntry.objects.order_by("seq").values_list("seq", flat=True)) == list(range(100))
        for name in "abcd":  # each writer's lines stand in the order they were written
            rows = JournalEntry.objects.filter(subject=name).order_by("seq").values_list("detail", flat=True)
            assert [json.loads(row)["number"] for row in rows] == list(range(25))
        assert proofs.verify().whole

    database = tmp_path / "journal.sqlite3"
    lay_tables(database)
    in_threads(database, *(partial(writer, name) for name in "abcd"))
    in_threads(database, reader)
