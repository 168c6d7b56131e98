"""Whose file is this? Find the heading row and the contract a table of text answers to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from doudi.engine.contract import Contract, plain_header

HEADING_ROWS = 20  # how far down the heading row is looked for
_NEAR = 0.34  # less likeness than this to any contract: we say we do not know the file
_TIE = 0.05  # two contracts nearer to each other than this: we do not guess
_CLEARLY = 0.25  # a contract that fits so much better than the one a file's name tells wins over the name
_UNIT = re.compile(r"[(\[](元|万元|人民币|人民币元|单位:?元|单位:?万元|㎡|m2|平方米|人|次|%)[)\]]$")


class Refused(Exception):
    """A file (or one sheet) that is not loaded: the reason's code, what happened, what to do."""

    def __init__(self, reason: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.reason, self.message, self.fix = reason, message, fix


@dataclass(frozen=True)
class Match:
    """A contract and where its columns stand."""

    contract: Contract
    heading_row: int  # 0-based
    headings: tuple[str, ...]
    positions: Mapping[str, int]
    factors: Mapping[str, int] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Likeness:
    contract: Contract
    score: float
    positions: dict[str, int]
    factors: dict[str, int]
    missing: tuple[str, ...]
    twice: tuple[str, ...]


def named(contract: Contract, heading: str) -> tuple[str, int] | None:
    """Which column a heading means, and what one unit of it is worth in yuan."""
    plain = plain_header(heading)
    if plain in contract.by_heading:
        return contract.by_heading[plain].name, 1
    bare = _UNIT.sub("", plain)
    if bare in contract.by_heading:
        column = contract.by_heading[bare]
        return column.name, 10_000 if "万元" in plain and column.type == "money" else 1
    return None


def _likeness(contract: Contract, headings: Sequence[str], known: int) -> _Likeness:
    positions: dict[str, int] = {}
    factors: dict[str, int] = {}
    twice = []
    for at, heading in enumerate(headings):
        if not plain_header(heading) or not (means := named(contract, heading)):
            continue
        name, factor = means
        if name in positions:
            twice.append(heading)
        else:
            positions[name] = at
            factors |= {name: factor} if factor != 1 else {}
    missing = tuple(c.label for c in contract.columns if c.required and c.name not in positions)
    score = len(positions) / (known + len(contract.columns) - len(positions)) if positions else 0.0
    return _Likeness(contract, score, positions, factors, missing, tuple(twice))


def heading_row(rows: Sequence[Sequence[str]], contracts: Mapping[str, Contract]) -> tuple[int, int]:
    """The row that holds most known headings, and how many; the first such row wins."""
    best, most = 0, 0
    for at, row in enumerate(rows[:HEADING_ROWS]):
        known = sum(1 for heading in row if _known(heading, contracts))
        if known > most:
            best, most = at, known
    return best, most


def _known(heading: str, contracts: Mapping[str, Contract]) -> bool:
    return bool(plain_header(heading)) and any(named(contract, heading) for contract in contracts.values())


def recognise(
    rows: Sequence[Sequence[str]], contracts: Mapping[str, Contract], *, dataset: str = "", file_name: str = ""
) -> Match:
    """Say which contract these first rows answer to, and where its columns stand.

    dataset: the contract a manifest names, which then must fit. file_name: settles what the columns leave open, never more.

    :raises Refused: no contract is near, two are equally near, a required column is missing or stands twice
    """
    at, known = heading_row(rows, contracts)
    if known == 0:
        raise Refused(
            "unknown_file",
            "前 20 行里没有一个认得的列名，不知道这是哪个数据集的文件。",
            "请确认发的是约定的表；表头写契约里的列名(doudi feeds contracts 可查看)。",
        )
    headings = tuple(heading.strip() if heading else "" for heading in rows[at])
    found = sorted((_likeness(c, headings, known) for c in contracts.values()), key=lambda one: (-one.score, one.contract.code))
    if dataset:
        if dataset not in contracts:
            raise Refused(
                "unknown_dataset", f"清单里写的数据集 {dataset!r} 没有契约。", f"清单里请写其中之一：{', '.join(contracts)}。"
            )
        chosen = next(one for one in found if one.contract.code == dataset)
        if chosen.missing and found[0].contract.code != dataset and not found[0].missing:
            raise Refused(
                "wrong_file",
                f"清单说这是{chosen.contract.label}，列名却是{found[0].contract.label}的；缺：{'、'.join(chosen.missing)}。",
                "请核对清单和文件，发对的那一份。",
            )
    else:
        chosen = _choose(found, file_name)
    contract = chosen.contract
    extra = tuple(h for i, h in enumerate(headings) if h and i not in chosen.positions.values())
    if chosen.missing:
        more = f"；多出的列：{'、'.join(extra)}" if extra else ""
        needed = "、".join(column.label for column in contract.columns if column.required)
        raise Refused(
            "missing_column",
            f"最像{contract.label}({contract.code})，但缺必需的列：{'、'.join(chosen.missing)}{more}。",
            f"请补上缺的列，或把列名改成契约里的写法。{contract.label}必需：{needed}。",
        )
    if chosen.twice:
        raise Refused(
            "column_twice",
            f"{contract.label}：同一列出现两次：{'、'.join(chosen.twice)}。",
            "请只留一列，或给另一列起个契约以外的名字。",
        )
    absent = tuple(c.label for c in contract.columns if c.name not in chosen.positions)
    return Match(contract, at, headings, chosen.positions, chosen.factors, absent, extra)


def _choose(found: Sequence[_Likeness], file_name: str) -> _Likeness:
    """The nearest contract. Where a file's name tells a contract that fits, it wins unless another fits clearly better."""
    best = found[0]
    fitting = [one for one in found if not one.missing and one.positions]
    named = [one for one in fitting if _says(file_name, one.contract)]
    better = fitting[0].score if fitting else 0.0
    if len(named) == 1 and better - named[0].score <= _CLEARLY:
        return named[0]
    if best.score < _NEAR:
        raise Refused(
            "unknown_file",
            f"列名和任何契约都不够像；最近的是{best.contract.label}({best.contract.code})，"
            f"缺：{'、'.join(best.missing) or '无'}。",
            "请确认发的是约定的表；表头写契约里的列名(doudi feeds contracts 可查看)。",
        )
    near = [one for one in fitting if best.score - one.score <= _TIE]
    if len(near) > 1:
        raise Refused(
            "ambiguous_file",
            f"列名同时符合：{'、'.join(f'{one.contract.label}({one.contract.code})' for one in near)}。",
            "请在文件夹里放 manifest.json 写明 dataset，或用数据集代码作文件名。",
        )
    return near[0] if near else best


def _says(file_name: str, contract: Contract) -> bool:
    """Whether a file's name names this contract: its code, label or number."""
    stem = plain_header(file_name.rsplit("/", 1)[-1])
    words = [contract.code, plain_header(contract.label)] + ([contract.no.lower()] if contract.no else [])
    return any(re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", stem) for word in words)
