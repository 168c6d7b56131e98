"""Folders departments put files into: one below the watched folder for each sender, named by its code."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.core.serializers.json import DjangoJSONEncoder

from doudi.exchange import queries
from doudi.exchange.core import Door, shown
from doudi.exchange.core.deliveries import read_manifest
from doudi.exchange.jobs.receiving import MANIFEST, pick_up
from doudi.exchange.jobs.returning import write_rejects
from doudi.office.actions import By

_COUNTS = (("一共", "rows"), ("收下", "accepted"), ("重复", "repeated"), ("退回", "rejected"))
DONE, REFUSED = "done", "refused"
_UNFINISHED = (".part", ".partial", ".filepart", ".crdownload", ".tmp", ".swp")
_LEFT = (".why.txt", ".receipt.json", ".rejected.csv")  # what we write ourselves


@dataclass(frozen=True)
class PickedUp:
    """One file that was picked up from a watched folder: whose, what became of it, where it lies now."""

    sender: str
    file: str
    taken: bool
    receipt: queries.ReceiptRow
    now: Path


@dataclass
class Watch:
    """What is remembered between two looks at a folder: since when each file has stood still."""

    folder: Path
    still: timedelta  # how long a file must not have changed before it counts as finished
    seen: dict[Path, tuple[tuple[int, int], datetime]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)  # of the last look

    def look(self, *, by: By, at: datetime, clock: datetime) -> list[PickedUp]:
        """Pick up every finished file. Killed anywhere, the next look goes on: nothing is lost and nothing taken twice.

        at: the office's time; clock: the real one, which files go by
        """
        found, self.troubles = [], []
        for folder in sorted(path for path in self.folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
            sender = queries.sender(folder.name)
            if sender is None or not sender.active or Door.FOLDER not in sender.doors:
                self._stranger(folder, sender)
                continue
            for path in sorted(self._waiting(folder)):
                try:
                    if self._finished(path, clock):
                        found += self._take(folder, path, by, at)
                except FileNotFoundError:
                    self.seen.pop(path, None)  # its sender took it back
                except OSError as why:
                    self.troubles.append(f"{path}: {why}")
        self.seen = {path: told for path, told in self.seen.items() if path.exists()}
        return found

    def _stranger(self, folder: Path, sender: queries.SenderRow | None) -> None:
        why = "停用了" if sender and not sender.active else "没有登记用共享文件夹" if sender else "没有登记"
        told = f"“{folder.name}”这个发送方{why}，里面的文件没有动。请联系数据管理员；文件夹的名字要是登记的代码。\n"
        _write(folder.parent / f"{folder.name}.why.txt", told)
        self.troubles.append(told.strip())

    def _waiting(self, folder: Path) -> Iterator[Path]:
        for path in folder.rglob("*"):
            inside = path.relative_to(folder).parts
            if inside[0] in (DONE, REFUSED) or any(part.startswith((".", "~$")) for part in inside):
                continue
            name = path.name.lower()
            if name.endswith((*_UNFINISHED, *_LEFT)) or name in (MANIFEST, "thumbs.db", "desktop.ini"):
                continue
            if path.is_file() or path.is_symlink():
                yield path

    def _finished(self, path: Path, clock: datetime) -> bool:
        """Whether a file has stood still long enough and nobody on this machine has it open for writing."""
        stat = path.lstat()
        state = (stat.st_size, stat.st_mtime_ns)
        before, since = self.seen.get(path, (None, clock))
        if before != state:
            self.seen[path] = (state, clock)
            since = clock
        return clock - since >= self.still and not _being_written(path)

    def _take(self, folder: Path, path: Path, by: By, at: datetime) -> list[PickedUp]:
        before = path.lstat()
        if path.is_symlink():
            target = _free(folder / REFUSED / path.relative_to(folder))
            _write(target.with_name(f"{target.name}.why.txt"), "这是一个链接，不是文件。请放文件本身。\n")
            os.replace(path, target)
            return []
        outcome = pick_up(path, by=by, at=at, sender=folder.name, door=Door.FOLDER)
        (receipt,) = outcome.receipts
        after = path.lstat()
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            self.seen.pop(path, None)  # it went on growing: what is there in the end is taken then
            return []
        target = _free(folder / (DONE if receipt.loads else REFUSED) / path.relative_to(folder), receipt.number)
        said = json.dumps(receipt.machine(), ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)
        _write(target.with_name(f"{target.name}.receipt.json"), said + "\n")
        troubles = [f"{one.file}：{one.message}{one.fix}" for one in outcome.refused]
        if troubles or receipt.count("rejected"):
            _write(target.with_name(f"{target.name}.why.txt"), _why(receipt, troubles))
        for load, _ in outcome.loads.values():
            if load.rejects:
                part = f".{load.dataset}" if len(outcome.loads) > 1 else ""
                write_rejects(load, target.with_name(f"{target.name}{part}.rejected.csv"), to=folder.name, by=by, at=at)
        os.replace(path, target)
        self.seen.pop(path, None)
        self._put_manifest_away(folder, path.parent)
        return [PickedUp(folder.name, shown(str(path.relative_to(folder))), bool(receipt.loads), receipt, target)]

    def _put_manifest_away(self, folder: Path, here: Path) -> None:
        """A manifest goes after the last of its files."""
        manifest = here / MANIFEST
        with suppress(OSError, ValueError):
            if manifest.is_file() and not any((here / name).exists() for name in read_manifest(manifest.read_text("utf-8-sig"))):
                os.replace(manifest, _free(folder / DONE / manifest.relative_to(folder)))


def _why(receipt: queries.ReceiptRow, troubles: list[str]) -> str:
    """What was not taken and why, for people."""
    lines = [f"收据 {receipt.number}：{receipt.file_name}", ""]
    if troubles:
        lines += ["没有收下的文件：", *(f"  {one}" for one in troubles), ""]
    for one in receipt.machine()["taken"]:
        lines.append(
            f"{one['label']}：一共 {one['rows']} 行，收下 {one['accepted']}，重复 {one['repeated']}，退回 {one['rejected']}。"
        )
        lines += [f"  {why['message']}：{why['count']} 处。{why['fix']}。" for why in one["reasons"]]
    if receipt.count("rejected"):
        lines += ["", "退回的每一行和怎么改，在旁边的 .rejected.csv 里。改好后只发这些行，清单里写 kind: add；重复的不会算两遍。"]
    return "\n".join(lines) + "\n"


def _being_written(path: Path) -> bool:
    """Whether a process of this machine has the file open for writing; where the file system cannot tell, no."""
    if path.is_symlink():
        return False
    with path.open("rb") as file:
        try:
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def _free(wanted: Path, number: str = "") -> Path:
    """A name nobody has yet, near the wanted one."""
    wanted.parent.mkdir(parents=True, exist_ok=True)
    found, count = wanted, 1
    while found.exists() or found.is_symlink():
        found = wanted.with_name(f"{wanted.stem}.{number or count}{'' if number and count == 1 else f'-{count}'}{wanted.suffix}")
        count += 1
    return found


def _write(path: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, "utf-8")
    os.replace(draft, path)
