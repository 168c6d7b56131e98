"""What a delivery says about itself, and what to tell its sender about a bad row."""

from __future__ import annotations

import calendar
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import PurePath
from typing import Any

FULL, ADD = "full", "add"

# reason of a rejected cell or row → (what happened, what to do); the code is stable, the words may get better
REASONS: dict[str, tuple[str, str]] = {
    "empty": ("必填的格是空的", "请补上"),
    "not_a_date": ("不是日期", "请写成 2026-06-30"),
    "no_such_day": ("没有这一天", "请核对年月日"),
    "ambiguous_date": ("看不出哪个是月、哪个是日", "请写成 2026-06-30"),
    "placeholder_date": ("1900 年初的日期通常是空值被系统改成的", "不知道就留空，知道请填真实日期"),
    "date_out_of_range": ("日期不在 1901 年到 2099 年之间", "请核对年份"),
    "not_a_month": ("不是年月", "请写成 2026-06"),
    "not_money": ("不是金额", "请只写数字，单位元，最多两位小数"),
    "negative": ("不能是负数", "退款、冲销请按约定另报；写错了请改正"),
    "too_precise": ("金额小于一分的部分无法入账", "请保留两位小数"),
    "not_a_number": ("不是数字", "请只写数字"),
    "unknown_code": ("契约里没有这个值", "请用契约里列出的写法"),
    "not_a_flag": ("不是“是”或“否”", "请写“是”或“否”"),
    "not_an_area": ("不是区划代码", "请写 6、9 或 12 位数字的区划代码"),
    "not_an_account": ("不是银行账号", "请写 8 到 32 位数字"),
    "spreadsheet_damage": ("被表格软件改成了科学计数法，后面的数字已经丢了", "请把这一列设为文本格式，从原系统重新导出"),
    "too_long": ("太长了", "请核对这一格，也可能是引号没有配对"),
    "wrong_columns": ("这一行的列数和表头不一样", "请检查这一行里多余或缺少的分隔符"),
    "stray_quote": ("这一行的引号没有配对", "请去掉单独的引号，或成对书写"),
    "not_a_message": ("这条消息不是约定的 JSON", "请发一个或一列读数，写明 meter_no、read_at、kwh"),
    "broken_text": ("这一行有不成字的字节", "请从原系统重新导出，不要手工改编码"),
}


@dataclass(frozen=True)
class Promise:
    """What a manifest says of one file; empty where it says nothing."""

    dataset: str = ""
    as_of: date | None = None
    rows: int | None = None
    sha256: str = ""
    part: str | None = None
    kind: str = FULL
    sender: str = ""
    unchanged: bool = False  # the sender knows that the file is the same as the last one


class BadManifest(ValueError):
    """A manifest that cannot be read; says why."""


def read_manifest(text: str) -> dict[str, Promise]:
    """Read manifest.json: file name → promise. Files stand in a list or a mapping under `files`, or are the mapping itself.

    :raises BadManifest: it is no JSON, or a date, a count or a hash in it is none
    """
    try:
        told = json.loads(text)
    except ValueError as why:
        raise BadManifest(f"manifest.json 不是 JSON({why})") from None
    files = told.get("files", told) if isinstance(told, dict) else told
    whole = {
        key: told[key] for key in ("as_of", "sender", "dataset") if isinstance(told, dict) and isinstance(told.get(key), str)
    }
    if isinstance(files, dict):
        listed = [{"file": name, **entry} for name, entry in files.items() if isinstance(entry, dict)]
    elif isinstance(files, list):
        listed = [entry for entry in files if isinstance(entry, dict)]
    else:
        raise BadManifest("manifest.json 里没有 files")
    promises = {}
    for entry in listed:
        name = entry.get("file") or entry.get("name") or entry.get("path")
        if not isinstance(name, str):
            raise BadManifest("manifest.json 里有一项没有文件名")
        promises[name] = _promise({**whole, **entry}, name)
    return promises


def _promise(entry: Mapping[str, Any], name: str) -> Promise:
    rows, sha256, kind = entry.get("rows"), str(entry.get("sha256") or "").lower(), entry.get("kind") or FULL
    if rows is not None and (not isinstance(rows, int) or isinstance(rows, bool) or rows < 0):
        raise BadManifest(f"manifest.json：{name} 的 rows 不是行数")
    if sha256 and not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise BadManifest(f"manifest.json：{name} 的 sha256 不是 64 位十六进制")
    if kind not in (FULL, ADD):
        raise BadManifest(f"manifest.json：{name} 的 kind 只能是 full 或 add")
    try:
        as_of = date.fromisoformat(str(entry["as_of"])) if entry.get("as_of") else None
    except ValueError:
        raise BadManifest(f"manifest.json：{name} 的 as_of 不是 2026-06-30 这样的日期") from None
    part = entry.get("part")
    return Promise(
        dataset=str(entry.get("dataset") or ""),
        as_of=as_of,
        rows=rows,
        sha256=sha256,
        part=None if part is None else kept(str(part))[:80],
        kind=kind,
        sender=kept(str(entry.get("sender") or ""))[:80],
        unchanged=entry.get("unchanged") is True,
    )


def shown(name: str) -> str:
    """A file's name as it can be shown and kept: names written in GB18030 by old systems are read so, what no text has goes."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raw = os.fsencode(name)
        name = raw.decode("gb18030", "replace")
    return kept(name)


def kept(text: str) -> str:
    """A text from outside as the database can keep it."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


_DAY = re.compile(r"(?<!\d)(20\d{2})[-_.年]?(0[1-9]|1[0-2])(?:[-_.月]?(0[1-9]|[12]\d|3[01]))?[日月]?(?!\d)")


def day_in_name(file_name: str) -> date | None:
    """The day a file's name tells, the last of the month when it tells only a month, or None."""
    found = _DAY.search(PurePath(file_name).name)
    if not found:
        return None
    year, month = int(found[1]), int(found[2])
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(int(found[3]) if found[3] else last, last))


def month_before(day: date) -> date:
    """The last day of the month before: what a delivery of unknown day most likely tells."""
    return day.replace(day=1) - timedelta(days=1)


def part_of(file_name: str) -> str:
    """Which part of a delivery in several files this is: its name without folder, ending and day."""
    stem = PurePath(file_name).name.rsplit(".", 1)[0]
    return re.sub(r"[-_ .]+", "-", _DAY.sub("", stem)).strip("-")[:80]
