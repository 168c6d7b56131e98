"""Packs as they were: the very text of the rules, kept in the lake under their version, and which version counted since when.

packs/<version>/00/cn/*.toml, 01/…   the folders in their order
packs/log                            a line for each change: the moment, a blank, the version
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from doudi.engine.lake import Lake, rename, settle
from doudi.policy import pack as packs
from doudi.policy.language.errors import RuleError
from doudi.policy.loading import files_of
from doudi.policy.pack import Pack

ADDED = "added.json"  # texts laid over all folders: local changes that were approved


MOST_READ = 8
_READ: dict[tuple[str, str], Pack] = {}  # packs read from lakes and found to be what they should

_UNDERSTOOD: dict[str, Pack] = {}  # by the digest of the very text: what was understood once is, wherever the same text lies

_CHANGED: dict[tuple[tuple[str, ...], tuple[tuple[str, str], ...]], Pack] = {}


class PackNotKept(Exception):
    """The text of these rules is not in the lake; today's would give another answer, so none is given."""


def place(lake: Lake, version: str) -> Path:
    """Where the text of a version lies."""
    return lake.root / "packs" / version


def keep(lake: Lake, pack: Pack) -> None:
    """Copy the text of a pack into the lake, whole or not at all; a version already there is left alone.

    :raises PackNotKept: the files on disk are no longer those the pack was read from
    """
    target = place(lake, pack.version)
    if target.exists():
        return
    with lake.workshop() as workshop:
        draft = workshop / "pack"
        for number, folder in enumerate(map(Path, pack.folders)):
            for path in files_of(folder):
                copy = draft / f"{number:02d}" / folder.name / path.relative_to(folder)
                copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                shutil.copyfile(path, copy)
                settle(copy)
        added = draft / ADDED
        added.write_text(json.dumps(pack.added, ensure_ascii=False), encoding="utf-8")
        settle(added)
        if _read(draft).version != pack.version:
            raise PackNotKept("规则文件刚刚改过，和读进来的不一样了。请重新运行一次。")
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            rename(draft, target)
        except OSError:  # somebody else kept the same text a moment ago
            if not target.exists():
                raise


def recall(lake: Lake, version: str) -> Pack:
    """The pack of a version, from the text kept then.

    :raises PackNotKept: it was not kept, or what is there is not what was kept
    """
    found = _READ.get((str(lake.root), version))
    if found is not None:
        return found
    folder = place(lake, version)
    try:
        pack = _read(folder) if version and folder.is_dir() else None
    except (RuleError, OSError, ValueError) as why:
        raise PackNotKept(f"规则 {version} 存下来的文字读不了：{why}") from None
    if pack is None:
        raise PackNotKept(f"没有存下规则 {version or '（版本不明）'} 的文字，不能按它再算；也不会拿今天的规则来代替。")
    if pack.version != version:
        raise PackNotKept(f"规则 {version} 存下来的文字后来被改过，不能按它再算；也不会拿今天的规则来代替。")
    _remember(str(lake.root), pack)
    return pack


def with_changes(pack: Pack, added: tuple[tuple[str, str], ...]) -> Pack:
    """A kept pack with other changes laid over its files: those approved by a day, where it was kept before the last of them.

    :raises RuleError: a change is not understood over these files
    """
    if pack.added == added:
        return pack
    key = (pack.folders, added)
    if key not in _CHANGED:
        if len(_CHANGED) >= MOST_READ:
            _CHANGED.pop(next(iter(_CHANGED)))
        _CHANGED[key] = packs.load_exactly([Path(folder) for folder in pack.folders], added=added)
    return _CHANGED[key]


def _remember(root: str, pack: Pack) -> None:
    if len(_READ) >= MOST_READ:
        _READ.pop(next(iter(_READ)))
    _READ[root, pack.version] = pack


def _read(folder: Path) -> Pack:
    below = [next(one.iterdir()) for one in sorted(folder.iterdir()) if one.is_dir()]
    added = tuple((title, text) for title, text in json.loads((folder / ADDED).read_text(encoding="utf-8")))
    text = _text_digest(below, added)
    found = _UNDERSTOOD.get(text)
    if found is None:
        found = packs.load_exactly(below, added=added)
        if _text_digest(below, added) != text:  # somebody wrote meanwhile: whose text that was, nobody knows
            return found
        if len(_UNDERSTOOD) >= MOST_READ:
            _UNDERSTOOD.pop(next(iter(_UNDERSTOOD)), None)
        _UNDERSTOOD[text] = found
    return replace(found, folders=tuple(map(str, below)), _known={})


def _text_digest(folders: Sequence[Path], added: Sequence[tuple[str, str]]) -> str:
    """A digest of every file in its place, with its name, and of what is laid over them."""
    sum_ = hashlib.sha256(json.dumps(added).encode())
    for folder in folders:
        for path in files_of(folder):
            told = path.read_bytes()
            sum_.update(f"\n{folder.parent.name}/{folder.name}/{path.relative_to(folder).as_posix()} {len(told)}\n".encode())
            sum_.update(told)
    return sum_.hexdigest()


# ---- which version counted when -----------------------------------------------------------------------------------------


def note(lake: Lake, pack: Pack, at: datetime) -> None:
    """Keep the text of the pack that counts now, and write down from when it does; nothing changes while it stays the same."""
    keep(lake, pack)
    lines = _log(lake)
    if lines and lines[-1][1] == pack.version:
        return
    path = lake.root / "packs" / "log"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, f"{at.isoformat()} {pack.version}\n".encode())  # one write: a killed process leaves a line or none
        os.fsync(handle)
    finally:
        os.close(handle)


def counted_on(lake: Lake, day: date, day_of: Callable[[datetime], date]) -> str:
    """The version that counted at the end of a day, or "" when none was noted by then."""
    known = [version for moment, version in _log(lake) if day_of(moment) <= day]
    return known[-1] if known else ""


def _log(lake: Lake) -> list[tuple[datetime, str]]:
    path = lake.root / "packs" / "log"
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        moment, _, version = line.partition(" ")
        try:
            found.append((datetime.fromisoformat(moment), version))
        except ValueError:
            raise PackNotKept(f"{path.name} 里有一行读不懂：{line[:60]!r}") from None
    return found
