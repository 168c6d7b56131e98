"""What the schedule and the machines start: pick up a folder of files, take in pushed rows."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow.parquet as pq
from django.db import transaction

from doudi.engine import landing, sheets
from doudi.engine.apart import Landed
from doudi.engine.contract import Contract
from doudi.engine.lake import Lake
from doudi.engine.readable import write_table
from doudi.engine.recognise import Refused
from doudi.exchange import actions, queries
from doudi.exchange.core import ADD, BadManifest, Promise, day_in_name, kept, month_before, part_of, read_manifest, shown
from doudi.exchange.models import Load
from doudi.office import actions as office
from doudi.office.actions import By

MANIFEST = "manifest.json"
_IGNORED = {MANIFEST, "thumbs.db", "desktop.ini"}
MOST_ROWS_PUSHED = 50_000


@dataclass(frozen=True)
class Told:
    """One refused file, for the answer."""

    file: str
    reason: str
    message: str
    fix: str


@dataclass
class Outcome:
    """What became of a folder."""

    loads: dict[int, tuple[Load, bool]] = field(default_factory=dict)  # id → the load, whether it was there already
    refused: list[Told] = field(default_factory=list)

    def datasets(self) -> dict[str, dict[str, Any]]:
        """Counts by dataset, each load counted once."""
        found: dict[str, dict[str, Any]] = {}
        for load, already in self.loads.values():
            one = found.setdefault(
                load.dataset,
                {
                    "files": [],
                    "rows": 0,
                    "accepted": 0,
                    "rejected": 0,
                    "repeated": 0,
                    "without_number": {},
                    "reasons": {},
                    "already_loaded": True,
                }
                | {"notes": []},
            )
            one["files"].append(load.file_name)
            for count in ("rows", "accepted", "rejected", "repeated"):
                one[count] += getattr(load, count)
            for name in ("without_number", "reasons"):
                for key, count in getattr(load, name).items():
                    one[name][key] = one[name].get(key, 0) + count
            one["notes"] += [f"{load.file_name}：{note}" for note in load.notes]
            one["already_loaded"] &= already
        return dict(sorted(found.items()))


@dataclass(frozen=True)
class _File:
    """A file to load: where it is, what people call it, what its manifest promises."""

    path: Path
    name: str
    promise: Promise | None


def pick_up(
    where: Path,
    *,
    by: By,
    at: datetime,
    snapshot: str = "",
    as_of: date | None = None,
    sender: str = "",
    progress: Callable[[str, int, int], None] | None = None,
) -> Outcome:
    """Load a file, a zip, or every file of a folder. One bad file never stops another; running it again changes nothing.

    Safe to kill: a delivery is kept first, its objects next, and its line in the books last, in one transaction.

    :param as_of: the day the files tell about, where neither manifest nor file name says so
    :raises FileNotFoundError: there is nothing at `where`
    """
    outcome, lake = Outcome(), queries.lake()
    with lake.workshop() as workshop:
        files, troubles = _gather(where)
        for name, why in troubles:
            outcome.refused.append(Told(name, why.reason, kept(str(why)), why.fix))
        for done, file in enumerate(files):
            if progress:
                progress(file.name, done, len(files))
            _Receiver(lake, workshop, outcome, by, at, snapshot, as_of, sender).receive(file)
    return outcome


def _gather(where: Path) -> tuple[list[_File], list[tuple[str, Refused]]]:
    """The files of a folder in order of name, with their promises; manifests that cannot be read are told."""
    if where.is_file():
        folder, paths = where.parent, [where]
    elif where.is_dir():
        folder, paths = where, sorted(path for path in where.rglob("*") if path.is_file() or path.is_symlink())
    else:
        raise FileNotFoundError(where)
    promises: dict[Path, Promise] = {}
    troubles: list[tuple[str, Refused]] = []
    manifests = [folder / MANIFEST] if where.is_file() else [path for path in paths if path.name == MANIFEST]
    for manifest in manifests:
        if not manifest.is_file() or manifest.is_symlink():
            continue
        name = shown(str(manifest.relative_to(folder)))
        try:
            told = read_manifest(manifest.read_text("utf-8-sig"))
        except (BadManifest, UnicodeDecodeError) as why:
            troubles.append((name, Refused("bad_manifest", str(why), "请改正清单；没有清单时按列名识别。")))
            continue
        for name, promise in told.items():
            path = manifest.parent / PurePosixPath(name)
            promises[path] = promise
            if where.is_dir() and path not in paths:
                troubles.append((name, Refused("not_delivered", "清单里有这个文件，文件夹里没有。", "请补发，或从清单里去掉。")))
    files = []
    for path in paths:
        name = str(path.relative_to(folder))
        if any(part.startswith((".", "~$", "__MACOSX")) for part in Path(name).parts) or path.name.lower() in _IGNORED:
            continue
        if path.is_symlink():
            troubles.append((shown(name), Refused("not_a_file", "这是一个链接，不是文件。", "请放文件本身。")))
            continue
        files.append(_File(path, shown(name), promises.get(path)))
    return files, troubles


@dataclass(frozen=True)
class _Receiver:
    """Takes in one file after another."""

    lake: Lake
    workshop: Path
    outcome: Outcome
    by: By
    at: datetime
    snapshot: str
    as_of: date | None
    sender: str

    def receive(self, file: _File, *, inside: bool = False) -> None:
        """Keep the delivery, then load it or say why not."""
        delivery = self.lake.keep_delivery(file.path, self.workshop)
        try:
            self._load(file, delivery, inside=inside)
        except Refused as why:
            self._refuse(file, delivery, why)

    def _refuse(self, file: _File, delivery: str, why: Refused) -> None:
        message = kept(str(why))
        sender = file.promise.sender if file.promise else ""
        actions.refuse_load(
            delivery=delivery,
            file_name=file.name,
            reason=why.reason,
            message=message,
            fix=why.fix,
            by=self.by,
            at=self.at,
            snapshot=self.snapshot,
            sender=sender or self.sender,
        )
        self.outcome.refused.append(Told(file.name, why.reason, message, why.fix))

    def _load(self, file: _File, delivery: str, *, inside: bool) -> None:
        promise = file.promise or Promise()
        if promise.sha256 and promise.sha256 != delivery:
            raise Refused("hash_differs", "文件内容和清单里的 sha256 不一样，传输中变了或断了。", "请重新完整发送。")
        if known := queries.of_delivery(delivery, self.snapshot):
            if all(load.withdrawn_at for load in known):
                day = known[0].withdrawn_at
                raise Refused(
                    "withdrawn",
                    f"同一个文件送来过，{day:%Y-%m-%d} 撤回了：{known[0].withdrawn_why}",
                    "数据改好了就送改好的文件；要让原来那次重新算数，请在这次数据的页面上点“恢复”。",
                )
            self.outcome.loads |= {load.pk: self.outcome.loads.get(load.pk, (load, True)) for load in known}
            return
        kind = _kind(file.path)
        if kind == "zip":
            if inside:
                raise Refused("zip_in_zip", "压缩包里还有压缩包。", "请只压缩一层。")
            self._unpack(file)
            return
        landed = self._land(file, promise, kind)
        rows, more = sum(one.rows for one in landed), sum(one.skipped for one in landed)
        if promise.rows is not None and not rows <= promise.rows <= rows + more:
            if rows < promise.rows:
                raise Refused(
                    "cut_short", f"清单说有 {promise.rows} 行，文件里只有 {rows} 行。", "文件没有导完或传完，请重新完整发送。"
                )
            raise Refused("rows_differ", f"清单说有 {promise.rows} 行，文件里有 {rows} 行。", "请核对清单和文件哪一个不对。")
        arrivals = [self._keep(one) for one in landed]
        name = PurePosixPath(file.name).name
        with transaction.atomic():
            loads = actions.receive_load(
                arrivals,
                delivery=delivery,
                file_name=file.name,
                as_of=promise.as_of or day_in_name(name) or self.as_of or month_before(self.at.date()),
                part=part_of(name) if promise.part is None else promise.part,
                by=self.by,
                at=self.at,
                snapshot=self.snapshot,
                kind=promise.kind,
                sender=promise.sender or self.sender,
            )
            if not self.snapshot:
                self._areas(loads)
        self.outcome.loads |= {load.pk: (load, False) for load in loads}

    def _land(self, file: _File, promise: Promise, kind: str) -> list[Landed]:
        contracts = queries.contracts()
        if kind == "book":
            return landing.land_book(
                file.path,
                contracts,
                self.workshop,
                dataset=promise.dataset,
                file_name=file.name,
                may_be_empty=promise.rows == 0,
            )
        if not file.path.stat().st_size:
            raise Refused("no_rows", "文件是空的。", "请检查导出是否成功。")
        complete = bool(promise.sha256)
        return landing.land_csv(
            file.path,
            contracts,
            self.workshop,
            dataset=promise.dataset,
            file_name=file.name,
            complete=complete,
            may_be_empty=promise.rows == 0,
        )

    def _keep(self, one: Landed) -> actions.Arrival:
        notes = [kept(note) for note in one.notes]
        if one.absent:
            notes.append(f"文件里没有这些可选的列：{'、'.join(one.absent)}")
        if one.extra:
            notes.append(kept(f"契约里没有这些列，没有读：{'、'.join(one.extra)}"))
        return actions.Arrival(
            dataset=one.dataset,
            object=self.lake.keep_object(one.good),
            rejects=self.lake.keep_object(one.bad) if one.bad else "",
            counts={name: getattr(one, name) for name in ("rows", "accepted", "rejected", "repeated", "skipped")},
            without_number=dict(one.without_number),
            reasons=dict(one.reasons),
            heading_row=one.heading_row,
            notes=notes,
        )

    def _areas(self, loads: Sequence[Load]) -> None:
        """The division names the places clerks work in."""
        for load in loads:
            if load.dataset == "division":
                columns = ["code", "label", "kind", "parent", "place_kind"]
                rows = pq.read_table(self.lake.object(load.object), columns=columns).to_pylist()
                office.set_areas(rows, by=self.by, at=self.at)

    def _unpack(self, file: _File) -> None:
        """Load each file of a zip as if it had come alone; nothing is ever written under a name from inside."""
        entries = sheets.open_zip(file.path)
        manifest = next((entry for entry in entries if PurePosixPath(entry.filename).name == MANIFEST), None)
        promises: Mapping[str, Promise] = {}
        if manifest:
            try:
                promises = read_manifest(b"".join(sheets.unfold(file.path, manifest)).decode("utf-8-sig"))
            except (BadManifest, UnicodeDecodeError) as why:
                raise Refused("bad_manifest", str(why), "请改正清单；没有清单时按列名识别。") from None
        for number, entry in enumerate(entries):
            inner = PurePosixPath(entry.filename)
            if inner.name.lower() in _IGNORED or any(part.startswith((".", "~$", "__MACOSX")) for part in inner.parts):
                continue
            copy = self.workshop / f"inside-{number}"
            with copy.open("wb") as into:
                into.writelines(sheets.unfold(file.path, entry))
            self.receive(
                _File(copy, shown(f"{file.name}/{entry.filename}"), promises.get(entry.filename) or promises.get(inner.name)),
                inside=True,
            )
            copy.unlink()


@dataclass(frozen=True)
class Returned:
    """A file of rejected rows for the department that sent them."""

    load: int
    dataset: str
    file_name: str
    rows: int
    path: Path


def return_rejects(folder: Path, *, by: By, at: datetime, dataset: str = "", snapshot: str = "", to: str = "") -> list[Returned]:
    """Write the rejected rows of each load as a table to send back: the row as it came, what is wrong, what to do.

    :param dataset: only this one; all by default
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for load in queries.with_rejects(dataset, snapshot):
        contract = queries.contracts().get(load.dataset)
        rows = landing.read_rejects(queries.lake().object(load.rejects))
        headings = list(dict.fromkeys(heading for row in rows for heading in row["raw"]))
        path = folder / f"{load.dataset}-{load.pk}.csv"
        write_table(path, ["行号", "哪里不对", "怎么改", *headings], (_returned(contract, row, headings) for row in rows))
        found.append(Returned(load.pk, load.dataset, load.file_name, len(rows), path))
    if found:
        actions.return_rejects(loads=[one.load for one in found], to=to, by=by, at=at)
    return found


def _returned(contract: Contract | None, row: dict[str, Any], headings: Sequence[str]) -> list[Any]:
    problems = [queries.problem(contract, told) for told in row["problems"]]
    wrong = "；".join(f"{one.label}：{one.message}" + (f"（{one.value}）" if one.value else "") for one in problems)
    fix = "；".join(dict.fromkeys(one.fix for one in problems))
    return [row["row_no"], wrong, fix, *(row["raw"].get(heading) for heading in headings)]


def _kind(path: Path) -> str:
    """text, book (XLSX, or what pretends to be) or zip, by what the file begins with, never by its name."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "book"
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "text"
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return "book"
    return "book" if any(name.startswith("xl/") or name == "[Content_Types].xml" for name in names) else "zip"


@dataclass(frozen=True)
class Pushed:
    """The answer to a pushed batch: the load, whether it was received before, and what became of each row."""

    load: Load
    already_loaded: bool
    rows: list[dict[str, Any]]


def push_rows(
    dataset: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    sender: str,
    batch_key: str,
    by: By,
    at: datetime,
    as_of: date | None = None,
) -> Pushed:
    """Take in rows pushed by a machine, typed the same way as files. The same key again answers the same and adds nothing.

    :raises Refused: no such dataset, no or too many rows, a required column is missing, the key was used for other rows
    """
    contract = queries.contracts().get(dataset)
    if contract is None:
        raise Refused("unknown_dataset", f"没有 {dataset!r} 这个数据集。", f"可用的：{'、'.join(queries.contracts())}。")
    if not batch_key or len(batch_key) > 80:
        raise Refused("no_batch_key", "要有批次号(最长 80 个字符)，重发时用同一个。", "请在请求里写 batch_key。")
    if not rows or len(rows) > MOST_ROWS_PUSHED:
        raise Refused("no_rows", f"一批要有 1 到 {MOST_ROWS_PUSHED} 行，这批有 {len(rows)} 行。", "请分批发送。")
    lake = queries.lake()
    with lake.workshop() as workshop:
        body = workshop / "pushed.json"
        body.write_text(
            json.dumps({"dataset": dataset, "sender": sender, "batch": batch_key, "rows": rows}, ensure_ascii=False, default=str)
        )
        delivery = lake.keep_delivery(body, workshop)
        landed, answers = landing.land_rows(contract, rows, workshop)
        answers = [_told(contract, one) for one in answers]
        if known := queries.of_batch(dataset, sender, batch_key):
            if known.delivery != delivery:
                raise Refused("batch_key_used", "这个批次号已经用过，内容却不一样。", "新的一批请用新的批次号。")
            return Pushed(known, True, answers)
        arrival = _Receiver(lake, workshop, Outcome(), by, at, "", None, sender)._keep(landed)
        (load,) = actions.receive_load(
            [arrival],
            delivery=delivery,
            file_name=f"{batch_key}.json",
            as_of=as_of or at.date(),
            part="",
            by=by,
            at=at,
            kind=ADD,
            sender=sender,
            batch_key=batch_key,
        )
    return Pushed(load, False, answers)


def _told(contract: Contract, answer: dict[str, Any]) -> dict[str, Any]:
    problems = [queries.problem(contract, told) for told in answer["problems"]]
    return answer | {
        "problems": [
            {"field": p.field, "value": p.value, "reason": p.reason, "message": p.message, "fix": p.fix} for p in problems
        ]
    }
