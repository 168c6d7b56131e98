"""Questions as a table a department fills in, and the filled-in table read back: which line, which column, why, what to do."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from doudi.engine.cells import day_of
from doudi.engine.contract import Contract, plain_header
from doudi.engine.readable import safe
from doudi.exchange.core import REASONS
from doudi.verification.core import BASIS_LABELS, NotAnAnswer, Said
from doudi.verification.core import Basis as LegalBasis
from doudi.verification.gateways.adapters import Outgoing

HEAD = ("问题编号", "问什么", "姓名", "公民身份号码", "依据", "授权书或任务单编号", "请在这天前回答")
FILL = ("回答", "原因", "数据截至", "行号")
LARGEST = 20 * 1024 * 1024  # bytes
MOST_LINES = 100_000


@dataclass(frozen=True, slots=True)
class Wrong:
    """A place of an answer file that cannot be taken: line (1 is the heading), column, why, what to do."""

    line: int
    column: str
    reason: str
    message: str
    fix: str


@dataclass
class Filled:
    """The answer to one question as the file gives it; `lines` says where each of its rows stands."""

    question: str
    said: str
    why: str
    as_of: date | None
    lines: list[int] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)


def write(contract: Contract, questions: Sequence[Outgoing]) -> str:
    """The table that goes out: one line a question, columns to fill in empty. Several rows about one person: copy the line."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    columns = _columns(contract)
    writer.writerow([safe(cell) for cell in (*HEAD, *FILL, *(label for _, label in columns))])
    for one in questions:
        stands_on = one.authorisation or one.task_order
        until = one.due_at.date().isoformat()
        row = (one.ref, contract.label, one.name, one.number, BASIS_LABELS[LegalBasis(one.basis)], stands_on, until)
        writer.writerow([safe(cell) for cell in (*row, *[""] * (len(FILL) + len(columns)))])
    return "\ufeff" + out.getvalue()


def _columns(contract: Contract) -> list[tuple[str, str]]:
    return [(column.name, column.label) for column in contract.columns if column.name not in ("citizen_no", "name")]


def read(contract: Contract, data: bytes) -> tuple[list[Filled], list[Wrong]]:
    """Read a filled-in table: answers by question in the order of the file, and every place that cannot be taken.

    Lines without an answer are left for later.

    :raises NotAnAnswer: not such a table at all
    """
    if len(data) > LARGEST:
        raise NotAnAnswer("too_large", "文件超过 20 MB。", "请分成几份。")
    table = list(csv.reader(io.StringIO(_text(data), newline="")))[: MOST_LINES + 1]
    if not table:
        raise NotAnAnswer("empty", "文件是空的。", "请用我们给的那份表填好再交。")
    places = {plain_header(cell): at for at, cell in enumerate(table[0])}
    missing = [name for name in ("问题编号", "回答") if plain_header(name) not in places]
    if missing:
        raise NotAnAnswer("no_heading", f"第一行没有这些列：{'、'.join(missing)}。", "请用我们给的那份表，不要改列名。")
    found: dict[str, Filled] = {}
    wrong: list[Wrong] = []
    for line, cells in enumerate(table[1:], 2):

        def cell(name: str, cells: Sequence[str] = cells) -> str:
            at = places.get(plain_header(name))
            return cells[at].strip().lstrip("'") if at is not None and at < len(cells) else ""

        values = {name: cell(label) for name, label in _columns(contract) if cell(label)}
        if not any(part.strip() for part in cells) or (not cell("回答") and not values):
            continue
        _take(found, wrong, line, cell("问题编号"), cell("回答"), cell("原因"), cell("数据截至"), cell("行号"), values)
    bad = {one.line for one in wrong}
    return [one for one in found.values() if not bad & set(one.lines)], wrong


def _take(
    found: dict[str, Filled], wrong: list[Wrong], line: int, ref: str, said: str, why: str, day: str, row_ref: str,
    values: Mapping[str, str],
) -> None:  # fmt: skip
    code = _SAID.get(said.strip().lower())
    as_of, problem = day_of(day) if day else (None, None)
    before = found.setdefault(ref, Filled(ref, code or "", why, as_of))
    before.lines.append(line)
    if not ref:
        wrong.append(Wrong(line, "问题编号", "no_question", "没有写问题编号", "照我们给的表填，不要删这一列"))
    if code is None:
        wrong.append(Wrong(line, "回答", "unknown_said", f"不认识“{said[:20]}”", f"只填：{'、'.join(one.label for one in Said)}"))
    if problem:
        message, fix = REASONS.get(problem, (problem, ""))
        wrong.append(Wrong(line, "数据截至", problem, message, fix))
    if code and (before.said, before.as_of) != (code, as_of):
        wrong.append(Wrong(line, "回答", "two_answers", "同一个问题编号前后答得不一样", "同一问的几行，回答和数据截至要一样"))
    if values:
        before.rows.append(dict(values))
        before.refs.append(row_ref or str(len(before.rows)))


_SAID = {said.value: said.value for said in Said} | {said.label: said.value for said in Said}


def _text(data: bytes) -> str:
    """The text of a file as offices save it.

    :raises NotAnAnswer: in no encoding they use
    """
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotAnAnswer("encoding", "文件的编码读不出来。", "请另存为 CSV UTF-8 再交。")


def table_of(text: str) -> tuple[list[str], list[list[str]]]:
    """What went out, to print it: its headings, and its lines without the columns to fill in."""
    rows: list[list[Any]] = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    return rows[0][: len(HEAD)], [[cell.strip().lstrip("'") for cell in row[: len(HEAD)]] for row in rows[1:]]
