"""Files taken in: one, a zip, or a folder of them; each ends with a receipt."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow.parquet as pq
from django.db import IntegrityError, transaction

from doudi.engine import landing, sheets
from doudi.engine.apart import Landed
from doudi.engine.lake import Lake
from doudi.engine.recognise import Refused
from doudi.exchange import actions, queries
from doudi.exchange.actions.senders import sender_may
from doudi.exchange.core import BadManifest, Door, Promise, day_in_name, kept, month_before, part_of, read_manifest, shown
from doudi.exchange.models import Load
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party

MANIFEST = "manifest.json"
_IGNORED = {MANIFEST, "thumbs.db", "desktop.ini"}


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
    receipts: list[queries.ReceiptRow] = field(default_factory=list)  # one a file

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
    door: Door = Door.CONSOLE,
    name: str = "",
    promise: Promise | None = None,
    ours: bool = False,
    then: Callable[[list[Load]], None] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Outcome:
    """Load a file, a zip, or every file of a folder. One bad file never stops another; running it again changes nothing.

    Safe to kill: a delivery is kept first, its objects next, and its line in the books last, in one transaction. Then a
    receipt is given; who was killed before that gives it when run again.

    :param as_of: the day the files tell about, where neither manifest nor file name says so
    :param sender: its code; by the console also words for a department, and nothing where manifests or contracts tell
    :param name: of a single file, as its sender calls it
    :param promise: what was said of a single file without a manifest
    :param ours: nobody else writes to the file, so it need not be copied
    :param then: done in the transaction that writes a load into the books
    :raises FileNotFoundError: there is nothing at `where`
    """
    outcome, lake = Outcome(), queries.lake()
    with lake.workshop() as workshop:
        if name or promise:
            files, troubles = [_File(where, shown(name or where.name), promise)], []
        else:
            files, troubles = _gather(where)
        for name, why in troubles:
            outcome.refused.append(Told(name, why.reason, kept(str(why)), why.fix))
        for done, file in enumerate(files):
            if progress:
                progress(file.name, done, len(files))
            receiver = _Receiver(lake, workshop, by, at, snapshot, as_of, sender, door, ours, then)
            receiver.receive(file)
            outcome.loads |= {load.pk: outcome.loads.get(load.pk, (load, old)) for load, old in receiver.loads}
            outcome.refused += receiver.refused
            outcome.receipts += receiver.receipts
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
    """Takes in one file, and what is inside it if it is a zip."""

    lake: Lake
    workshop: Path
    by: By
    at: datetime
    snapshot: str
    as_of: date | None
    sender: str
    door: Door
    ours: bool = False
    then: Callable[[list[Load]], None] | None = None
    loads: list[tuple[Load, bool]] = field(default_factory=list)  # each with whether it was there already
    refused: list[Told] = field(default_factory=list)
    receipts: list[queries.ReceiptRow] = field(default_factory=list)

    def receive(self, file: _File, *, inside: bool = False) -> None:
        """Keep the delivery, then load it or say why not, and give a receipt."""
        size = file.path.stat().st_size
        delivery = self.lake.keep_delivery(file.path, self.workshop, ours=self.ours or inside)
        try:
            self._load(file, delivery, inside=inside)
        except Refused as why:
            self._refuse(file, delivery, why)
        if not inside:
            named = self.loads[0][0].sender if self.loads else self._named(file.promise or Promise(), "") or self.door.value
            receipt = actions.give_receipt(
                sender=named,
                door=self.door,
                snapshot=self.snapshot,
                file_name=file.name,
                delivery=delivery,
                size=size,
                loads=[load for load, _ in self.loads],
                refused=[vars(one) for one in self.refused],
                by=self.by,
                at=self.at,
            )
            self.receipts.append(queries.receipt_row(receipt))

    def _named(self, promise: Promise, dataset: str) -> str:
        """The code of who sent this: whoever came through a door of their own, else what is said, else whose contract it is."""
        if self.door is not Door.CONSOLE:
            return self.sender
        contract = queries.contracts().get(dataset or promise.dataset)
        said = promise.sender or self.sender or (contract.department_code if contract else "")
        found = queries.sender_named(said, dataset or promise.dataset)
        return found.code if found else said

    def _refuse(self, file: _File, delivery: str, why: Refused) -> None:
        message = kept(str(why))
        actions.refuse_load(
            delivery=delivery,
            file_name=file.name,
            reason=why.reason,
            message=message,
            fix=why.fix,
            by=self.by,
            at=self.at,
            snapshot=self.snapshot,
            sender=self._named(file.promise or Promise(), ""),
            door=self.door,
        )
        self.refused.append(Told(file.name, why.reason, message, why.fix))

    def _load(self, file: _File, delivery: str, *, inside: bool) -> None:
        promise = file.promise or Promise()
        if promise.sha256 and promise.sha256 != delivery:
            raise Refused("hash_differs", "文件内容和清单里的 sha256 不一样，传输中变了或断了。", "请重新完整发送。")
        name = PurePosixPath(file.name).name
        told = promise.as_of or day_in_name(name)
        if known := queries.of_delivery(delivery, self.snapshot):
            known = self._known(known, promise, told)
        if known:
            if all(load.withdrawn_at for load in known):
                day = known[0].withdrawn_at
                raise Refused(
                    "withdrawn",
                    f"同一个文件送来过，{day:%Y-%m-%d} 撤回了：{known[0].withdrawn_why}",
                    "数据改好了就送改好的文件；要让原来那次重新算数，请在这次数据的页面上点“恢复”。",
                )
            self.loads.extend((load, True) for load in known)
            return
        kind = kind_of_file(file.path)
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
        if self.door is not Door.CONSOLE:
            try:
                sender_may(self.sender, self.door, [one.dataset for one in landed])
            except NotAllowed as why:
                raise Refused("not_yours", str(why), "请核对发送方和文件；确实要送的，请数据管理员先登记。") from None
        arrivals = [keep(self.lake, one) for one in landed]
        try:
            with transaction.atomic():
                loads = actions.receive_load(
                    arrivals,
                    delivery=delivery,
                    file_name=file.name,
                    as_of=told or self.as_of or month_before(self.at.date()),
                    part=part_of(name) if promise.part is None else promise.part,
                    by=self.by,
                    at=self.at,
                    snapshot=self.snapshot,
                    kind=promise.kind,
                    sender=self._named(promise, landed[0].dataset),
                    door=self.door,
                )
                if not self.snapshot:
                    self._areas(loads)
                if self.then:
                    self.then(loads)
        except IntegrityError:  # the same file came by two ways at once, and the other was quicker
            loads = queries.of_delivery(delivery, self.snapshot)
            if not loads:
                raise
            self.loads.extend((load, True) for load in loads)
            return
        self.loads.extend((load, False) for load in loads)

    def _known(self, known: list[Load], promise: Promise, told: date | None) -> list[Load]:
        """Of earlier loads of the very same file those it comes again of; none where it says that nothing has changed since.

        :raises Refused: it says that it tells of another day; most likely an old file was sent by mistake
        """
        same = [load for load in known if told in (None, load.as_of)]
        if same or promise.unchanged or not any(load.rows for load in known):
            return same
        raise Refused(
            "same_as_before",
            f"说是 {told:%Y-%m-%d} 的，却和 {known[-1].as_of:%Y-%m-%d} 那份一字不差，多半是把旧文件又发了一次。",
            "请发新的文件；确实一点没变的，请在清单里写 unchanged: true。",
        )

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

    def _areas(self, loads: Sequence[Load]) -> None:
        """The division names the places clerks work in."""
        for load in loads:
            if load.dataset == "division":
                columns = ["code", "label", "kind", "parent", "place_kind"]
                rows = pq.read_table(self.lake.object(load.object), columns=columns).to_pylist()
                by = Party.system("feeds") if isinstance(self.by, Party) else self.by
                office.set_areas(rows, by=by, at=self.at)

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


def keep(lake: Lake, one: Landed) -> actions.Arrival:
    """Take what a file became into the lake, and say what it is."""
    notes = [kept(note) for note in one.notes]
    if one.absent:
        notes.append(f"文件里没有这些可选的列：{'、'.join(one.absent)}")
    if one.extra:
        notes.append(kept(f"契约里没有这些列，没有读：{'、'.join(one.extra)}"))
    return actions.Arrival(
        dataset=one.dataset,
        object=lake.keep_object(one.good),
        rejects=lake.keep_object(one.bad) if one.bad else "",
        counts={name: getattr(one, name) for name in ("rows", "accepted", "rejected", "repeated", "skipped")},
        without_number=dict(one.without_number),
        reasons=dict(one.reasons),
        heading_row=one.heading_row,
        notes=notes,
    )


def kind_of_file(path: Path) -> str:
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
