"""Reading the whole journal: proving it, finding what was changed, proofs for one line, tiles for others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from doudi.office import merkle
from doudi.office.merkle import TILE, Frontier, NotProven
from doudi.office.models import Checkpoint, JournalEntry, JournalHead, JournalTile
from doudi.office.sealing import journal_seed

FIELDS = ("seq", "at", "by", "act", "subject", "detail")  # what a leaf says
BLOCK = 20 * TILE  # rows read at a time
LISTED = 200  # findings told one by one; the rest is counted


# ---- finding what was changed -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written: where, which line, which field, in words."""

    table: str
    seq: int | None
    field: str
    words: str


@dataclass
class Verdict:
    """What a full check of the journal found."""

    size: int = 0
    root: str = ""
    checkpoints: int = 0
    found: int = 0
    findings: list[Finding] = field(default_factory=list)
    unread: set[int] = field(default_factory=set)  # lines named because the database cannot read them

    def add(self, table: str, seq: int | None, name: str, words: str) -> None:
        self.found += 1
        if len(self.findings) < LISTED:
            self.findings.append(Finding(table, seq, name, words))

    @property
    def whole(self) -> bool:
        return self.found == 0

    def as_json(self) -> dict[str, Any]:
        return {
            "whole": self.whole,
            "lines": self.size,
            "root": self.root,
            "checkpoints": self.checkpoints,
            "found": self.found,
            "findings": [asdict(finding) for finding in self.findings],
        }


def key_name() -> tuple[str, bytes]:
    """The name and public bytes of the key this installation signs with."""
    return settings.JOURNAL_ORIGIN, merkle.public_key(journal_seed())


def verify(*, against: Path | None = None, progress: Callable[[int], None] = lambda rows: None) -> Verdict:
    """Recompute everything from the rows: each line's bytes, the gapless sequence, tiles, root, every signed checkpoint.

    Whatever was changed, added or taken away is named by table, line and field.

    :param against: a folder exported before, kept where the database's owner cannot write; its lines are compared too
    :param progress: told how many rows were read
    """
    verdict = Verdict()
    head = JournalHead.objects.filter(pk=1).first() or JournalHead(size=0, frontier=b"", root=merkle.EMPTY)
    tiles = _Tiles(head.size, verdict)
    notes = _checkpoints(head.size, verdict)
    exported = _Export(against, verdict) if against is not None else None
    frontier, expected, checked = Frontier(), 0, 0
    for row in _rows(verdict):
        seq = row.seq
        if seq < 0 or seq >= head.size:
            if 0 <= seq < _size_now():
                break  # written while we read
            verdict.add("JournalEntry", seq, "seq", f"line {seq} was added: the journal has {head.size} lines")
            continue
        while expected < seq:
            expected = _missing(expected, frontier, tiles, verdict)
            checked = _checkpoint(expected, frontier, notes, checked, verdict)
        digest = _row(row, tiles, verdict)
        if exported is not None:
            exported.compare(seq, bytes(row.leaf))
        frontier.append(digest)
        expected += 1
        if expected in notes:
            checked = _checkpoint(expected, frontier, notes, checked, verdict)
        if expected % BLOCK == 0:
            progress(BLOCK)
    while expected < head.size:
        expected = _missing(expected, frontier, tiles, verdict)
        checked = _checkpoint(expected, frontier, notes, checked, verdict)
    _compare_head(head, frontier, verdict)
    verdict.size, verdict.root, verdict.checkpoints = head.size, frontier.root().hex(), len(notes)
    return verdict


def _size_now() -> int:
    """The journal goes on while it is read; what came since is not an addition by a stranger."""
    return JournalHead.objects.filter(pk=1).values_list("size", flat=True).first() or 0


def _rows(verdict: Verdict) -> Iterator[JournalEntry]:
    """All rows by seq, a block at a time; a row the database cannot read is named and the rest still read."""
    last: int | None = None
    while True:
        rows = JournalEntry.objects.order_by("seq")
        rows = rows if last is None else rows.filter(seq__gt=last)
        try:
            block = list(rows[:BLOCK])
        except (ValueError, DatabaseError):
            seqs = list(rows.values_list("seq", flat=True)[:BLOCK])
            block = [row for seq in seqs if (row := _one(seq, verdict)) is not None]
            last = seqs[-1]
        else:
            last = block[-1].seq if block else last
        yield from block
        if not block:
            return


def _one(seq: int, verdict: Verdict) -> JournalEntry | None:
    """One row, or None after naming the field that cannot be read."""
    for name in ("at", "by", "act", "subject", "detail", "leaf", "hash"):
        try:
            JournalEntry.objects.values_list(name, flat=True).get(seq=seq)
        except (ValueError, DatabaseError):
            verdict.add("JournalEntry", seq, name, f"line {seq}: {name} cannot be read")
            verdict.unread.add(seq)
            return None
    return JournalEntry.objects.get(seq=seq)


class _Tiles:
    """The level-0 tiles that are whole in themselves, read a few at a time; tiles changed, missing or added are named."""

    def __init__(self, size: int, verdict: Verdict) -> None:
        self.good = _good_tiles(size, verdict)
        self.near: dict[int, bytes] = {}

    def hash_of(self, seq: int) -> bytes | None:
        """The hash a tile keeps for a line; None after the last full tile and where a tile cannot be trusted."""
        number, at = divmod(seq, TILE)
        if number not in self.good:
            return None
        if number not in self.near:
            rows = JournalTile.objects.filter(level=0, number__gte=number, number__lt=number + BLOCK // TILE)
            self.near = {found: bytes(hashes) for found, hashes in rows.values_list("number", "hashes")}
        return self.near[number][at * 32 : at * 32 + 32]


def _good_tiles(size: int, verdict: Verdict) -> set[int]:
    wanted = {(level, number) for level, number, width in merkle.tiles_of(size) if width == TILE}
    roots: dict[tuple[int, int], bytes] = {}
    good: set[int] = set()
    for tile in JournalTile.objects.order_by("level", "number").iterator(chunk_size=200):
        where, hashes = (tile.level, tile.number), bytes(tile.hashes)
        name = f"tile {tile.level}/{tile.number}"
        if where not in wanted:
            if (tile.number + 1) * TILE ** (tile.level + 1) <= _size_now():
                continue  # filled while we read
            verdict.add("JournalTile", None, "number", f"{name} was added")
            continue
        wanted.discard(where)
        own = merkle.root_of([hashes[at : at + 32] for at in range(0, len(hashes), 32)])
        roots[where] = own
        if len(hashes) != TILE * 32 or own != bytes(tile.root):
            verdict.add("JournalTile", None, "hashes", f"{name}: its hashes and its root do not belong together")
        elif tile.level == 0:
            good.add(tile.number)
        else:
            below = b"".join(roots.get((tile.level - 1, tile.number * TILE + at), b"") for at in range(TILE))
            if below != hashes:
                verdict.add("JournalTile", None, "hashes", f"{name} does not fit the tiles below it")
    for level, number in sorted(wanted):
        verdict.add("JournalTile", None, "number", f"tile {level}/{number} is missing")
    return good


def _checkpoints(size: int, verdict: Verdict) -> dict[int, bytes]:
    """The signed root of each size, after naming notes that were changed."""
    name, public = key_name()
    notes: dict[int, bytes] = {}
    for row in Checkpoint.objects.order_by("size"):
        try:
            told = merkle.open_checkpoint(row.note, name=name, public=public)
        except NotProven as why:
            verdict.add("Checkpoint", None, "note", f"checkpoint {row.size}: {why}")
            continue
        if told.size != row.size:
            verdict.add("Checkpoint", None, "size", f"checkpoint {row.size} speaks of {told.size} lines")
        elif told.size > max(size, _size_now()):
            verdict.add(
                "JournalHead", None, "size", f"{told.size} lines were signed, the journal has {size}: the end was cut off"
            )
        elif told.size <= size:
            notes[row.size] = told.root
    if notes.get(0, merkle.EMPTY) != merkle.EMPTY:
        verdict.add("Checkpoint", None, "note", "checkpoint 0 has a root")
    return notes


def _row(row: JournalEntry, tiles: _Tiles, verdict: Verdict) -> bytes:
    """Check one line against its bytes, its hash and its tile; give back the hash it should have."""
    leaf, kept = bytes(row.leaf), bytes(row.hash)
    try:
        said = merkle.leaf_bytes(seq=row.seq, at=row.at, by=row.by, act=row.act, subject=row.subject, detail=row.detail)
    except (AttributeError, ValueError, TypeError):
        said = b""
    if said == leaf and (digest := merkle.leaf_hash(leaf)) == kept:
        tiled = tiles.hash_of(row.seq)
        if tiled is None or tiled == digest:
            return digest
        verdict.add("JournalEntry", row.seq, "leaf", f"line {row.seq} was written anew: its tile holds another hash")
        return tiled
    votes = [merkle.leaf_hash(said), merkle.leaf_hash(leaf), kept]
    truth = tiles.hash_of(row.seq) or max(votes, key=votes.count)
    if merkle.leaf_hash(leaf) != truth:
        verdict.add("JournalEntry", row.seq, "leaf", f"line {row.seq}: the kept bytes were changed")
    if kept != truth:
        verdict.add("JournalEntry", row.seq, "hash", f"line {row.seq}: the kept hash was changed")
    if merkle.leaf_hash(said) != truth:
        for name, was in _differences(row, leaf if merkle.leaf_hash(leaf) == truth else b""):
            verdict.add("JournalEntry", row.seq, name, f"line {row.seq}: {name} was changed{was}")
    return truth


def _differences(row: JournalEntry, leaf: bytes) -> list[tuple[str, str]]:
    """Which fields of a row are not what its bytes say."""
    try:
        told = json.loads(leaf)
        stamp = merkle.stamp(row.at) if row.at else None
    except (ValueError, AttributeError):
        return [("row", "; its bytes do not tell which field")]
    now = {"seq": row.seq, "at": stamp, "by": row.by, "act": row.act, "subject": row.subject, "detail": row.detail}
    told["detail"] = merkle.stable_json(told["detail"])
    found = [(name, f" (it was {told[name]!r})") for name in FIELDS if now[name] != told[name]]
    return found or [("row", "")]


def _missing(seq: int, frontier: Frontier, tiles: _Tiles, verdict: Verdict) -> int:
    """Name a line that is not there; its hash from the tile, where there is one, keeps the rest checkable."""
    if seq not in verdict.unread:
        verdict.add("JournalEntry", seq, "seq", f"line {seq} is missing")
    frontier.append(tiles.hash_of(seq) or merkle.EMPTY)
    return seq + 1


def _checkpoint(size: int, frontier: Frontier, notes: dict[int, bytes], checked: int, verdict: Verdict) -> int:
    """Compare the root with what was signed at this size; give back up to where the journal is as signed."""
    if size not in notes:
        return checked
    if frontier.root() != notes[size]:
        verdict.add("JournalEntry", None, "leaf", f"lines {checked} to {size - 1} are not what was signed at {size} lines")
    return size


def _compare_head(head: JournalHead, frontier: Frontier, verdict: Verdict) -> None:
    nodes, root = bytes(head.frontier), bytes(head.root)
    if nodes == frontier.kept() and root == frontier.root():
        return
    try:
        own = Frontier.read(head.size, nodes)
    except NotProven:
        verdict.add("JournalHead", None, "frontier", f"the head of {head.size} lines does not keep the nodes it needs")
        return
    if own.root() != root:
        wrong = "root" if nodes == frontier.kept() else "frontier"
        verdict.add("JournalHead", None, wrong, f"the head's {wrong} was changed")
        return
    start = 0
    for mine, theirs, bit in zip(frontier.nodes, own.nodes, _bits(head.size), strict=True):
        if mine != theirs:
            words = f"lines {start} to {start + bit - 1} do not give the root the head keeps"
            verdict.add("JournalEntry", start if bit == 1 else None, "leaf", words)
        start += bit


def _bits(size: int) -> list[int]:
    return [1 << bit for bit in reversed(range(size.bit_length())) if size >> bit & 1]


class _Export:
    """An exported folder, read bundle by bundle beside the rows."""

    def __init__(self, folder: Path, verdict: Verdict) -> None:
        self.folder, self.verdict, self.number, self.leaves = folder, verdict, -1, []
        self.head = read_export(folder)

    def compare(self, seq: int, leaf: bytes) -> None:
        if seq >= self.head.size:
            return
        if seq // TILE != self.number:
            self.number = seq // TILE
            width = min(TILE, self.head.size - self.number * TILE)
            self.leaves = merkle.unbundle((self.folder / merkle.tile_path("entries", self.number, width)).read_bytes())
        if self.leaves[seq % TILE] != leaf:
            self.verdict.add("JournalEntry", seq, "leaf", f"line {seq} is not the line exported before")


def read_export(folder: Path) -> merkle.Head:
    """Check an exported folder by itself: the checkpoint's signature, every tile and every line under its root.

    :raises NotProven: the folder is not as it was exported; the text names the file
    :raises FileNotFoundError: a file is missing
    """
    name, public = merkle.read_verifier_key((folder / "key").read_text(encoding="utf-8"))
    if (name, public) != key_name():
        raise NotProven(f"{folder / 'key'}: the key of another journal")
    head = merkle.open_checkpoint((folder / "checkpoint").read_text(encoding="utf-8"), name=name, public=public)
    below: list[bytes] = []
    roots: list[bytes] = []
    frontier = Frontier()
    for level, number, width in merkle.tiles_of(head.size):
        if number == 0:
            below, roots = roots, []
        path = folder / merkle.tile_path(level, number, width)
        data = path.read_bytes()
        hashes = [data[at : at + 32] for at in range(0, len(data), 32)]
        if level == 0:
            lines = merkle.unbundle((folder / merkle.tile_path("entries", number, width)).read_bytes())
            wanted = [merkle.leaf_hash(line) for line in lines]
            for line in wanted:
                frontier.append(line)
        else:
            wanted = below[number * TILE : number * TILE + width]
        if hashes != wanted or len(hashes) != width:
            raise NotProven(f"{path}: not as it was exported")
        if width == TILE:
            roots.append(merkle.root_of(hashes))
    if frontier.root() != head.root:
        raise NotProven(f"{folder}: the lines do not give the signed root")
    return head


# ---- proofs -------------------------------------------------------------------------------------------------------------


def fetch(level: int, index: int) -> bytes:
    """The hash of a complete subtree, from the tiles kept: at most a tile and a few hundred short rows are read."""
    tile_level, inside = divmod(level, 8)
    first = index << inside
    hashes = _hashes(tile_level, first, 1 << inside)
    if len(hashes) != 1 << inside:
        raise NotProven(f"the journal is broken near line {index << level}; run `doudi journal verify`")
    return merkle.root_of(hashes)


def _hashes(level: int, first: int, count: int) -> list[bytes]:
    number, at = divmod(first, TILE)
    kept = JournalTile.objects.filter(level=level, number=number).values_list("hashes", flat=True).first()
    if kept is not None:
        data = bytes(kept)[at * 32 : (at + count) * 32]
        return [data[start : start + 32] for start in range(0, len(data), 32)]
    if level == 0:
        rows = JournalEntry.objects.filter(seq__gte=first, seq__lt=first + count).order_by("seq").values_list("hash", flat=True)
    else:
        rows = JournalTile.objects.filter(level=level - 1, number__gte=first, number__lt=first + count)
        rows = rows.order_by("number").values_list("root", flat=True)
    return [bytes(value) for value in rows]


def prove(seq: int, checkpoint: Checkpoint) -> dict[str, Any]:
    """A proof that a line is in the journal as signed: the line's bytes, and a C2SP tlog-proof.

    :raises ValueError: no such line under this checkpoint
    :raises NotProven: the journal was changed and no proof can be made
    """
    name, public = key_name()
    path = merkle.inclusion(seq, checkpoint.size, fetch)
    leaf = JournalEntry.objects.filter(seq=seq).values_list("leaf", flat=True).first()
    if leaf is None:
        raise NotProven(f"line {seq} is missing")
    text = bytes(leaf).decode()
    proof = {
        "seq": seq,
        "leaf": text,
        "proof": merkle.write_proof(seq=seq, path=path, note=checkpoint.note),
        "key": merkle.verifier_key(name, public),
    }
    merkle.check_proof(proof)
    return proof


def prove_growth(old: int, checkpoint: Checkpoint) -> dict[str, Any]:
    """A proof that the journal of `old` lines is the beginning of the one signed.

    :raises ValueError: not 0 < old ≤ the lines signed
    :raises NotProven: the journal was changed and no proof can be made
    """
    name, public = key_name()
    steps = merkle.consistency(old, checkpoint.size, fetch)
    proof = {
        "old": old,
        "new": checkpoint.size,
        "old_root": merkle.range_root(0, old, fetch).hex(),
        "consistency": [step.hex() for step in steps],
        "checkpoint": checkpoint.note,
        "key": merkle.verifier_key(name, public),
    }
    merkle.check_proof(proof)
    return proof


# ---- tiles to hand on ---------------------------------------------------------------------------------------------------


def tile(level: int, number: int, width: int) -> bytes:
    """The bytes of a tile.

    :raises NotProven: lines are missing
    """
    hashes = _hashes(level, number * TILE, width)
    if len(hashes) != width:
        raise NotProven(f"lines are missing near {number * TILE}; run `doudi journal verify`")
    return b"".join(hashes)


def entries(number: int, width: int) -> bytes:
    """The bytes of an entry bundle.

    :raises NotProven: lines are missing
    """
    rows = JournalEntry.objects.filter(seq__gte=number * TILE, seq__lt=number * TILE + width).order_by("seq")
    leaves = [bytes(leaf) for leaf in rows.values_list("leaf", flat=True)]
    if len(leaves) != width:
        raise NotProven(f"lines are missing near {number * TILE}; run `doudi journal verify`")
    return merkle.bundle(leaves)
