"""`doudi rules life`: what in the rules can never speak, decides nothing, or soon stops."""

from __future__ import annotations

import datetime
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from doudi.config.cli import DONE, FOUND_WRONG, answer, could_not, say, start_django
from doudi.config.commands.rules import rules
from doudi.policy import pack as packs
from doudi.policy.language.errors import RuleError

if TYPE_CHECKING:
    from doudi.engine.life import Life
    from doudi.policy.life import Stuck

WHY = {"not_loaded": "没有一个来源交来过", "always_unknown": "全库没有一个人知道"}
STATES = {"never": "从来不成立", "unknown": "谁都说不准", "nobody": "没有要看的人", "always": "人人成立，挑不出人"}


def register(cli: click.Group) -> None:
    """Add the command to `doudi rules`."""
    rules.add_command(life)


@click.command("life")
@click.option("--pack", "names", multiple=True, metavar="NAME_OR_DIR", help="rules to look at; may be given several times")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="the day judged; by default the day of the published cycle")
@click.option("--days", default=90, show_default=True, type=click.IntRange(0, 3660), help="what ends within so many days")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def life(names: tuple[str, ...], on: datetime.datetime | None, days: int, as_json: bool) -> None:
    """Find rules with no life; exit code 1 when something a rule leans on cannot work."""
    start_django()
    from django.conf import settings
    from django.utils import timezone

    from doudi.engine import cycle
    from doudi.engine import life as lives
    from doudi.engine.lake import Lake

    try:
        pack = packs.load(names or settings.PACKS)
    except RuleError as why:
        could_not(str(why), as_json=as_json)
    lake = Lake(settings.LAKE)
    current = cycle.current(lake)
    if current is None:
        say("还没有发布过一轮数据，只看规则本身。要看有没有人碰到每一条，请先运行 doudi feeds load 和 doudi cycle。")
    day = on.date() if on else current.on if current else timezone.localdate()
    found = lives.look(pack, day, lake=lake, cycle=current, within_days=days)
    answer(_result(found), as_json=as_json, lines=lambda: _lines(found, days), code=FOUND_WRONG if found.lifeless else DONE)


def _result(found: Life) -> dict[str, Any]:
    return {
        "on": found.on,
        "version": found.pack_version,
        "cycle": found.cycle,
        "persons": found.persons,
        "households": found.households,
        "lifeless": found.lifeless,
        "facts": [asdict(one) for one in found.dead],
        "parts": [
            {
                "what": tally.part.what, "code": tally.part.code, "label": tally.part.label, "part": tally.part.name,
                "branch": tally.part.branch,
                "subject": tally.part.subject, "if": tally.part.text, "of": tally.of, "true": tally.true, "false": tally.false,
                "unknown": tally.unknown, "state": tally.state,
            }
            for tally in found.tallies
        ],
        "endings": [asdict(one) for one in found.endings],
        "gaps": [asdict(one) for one in found.gaps],
        "unread": {"facts": found.unread_facts, "parameters": found.unread_parameters},
    }  # fmt: skip


def _lines(found: Life, days: int) -> list[str]:
    where = f"{found.persons:,} 人 {found.households:,} 户" if found.cycle else "没有数据"
    lines = [f"{found.on} 的规则 {found.pack_version}，{where}", "", "没有来源、却有规则在等的事实"]
    lines += [f"  {one.fact}\t{one.label}\t{WHY[one.why]}\t等它的：{'、'.join(one.rules)}" for one in found.dead if one.rules]
    lines += ["", "不起作用的条件"]
    lines += [
        f"  {one.code}.{one.name}{_branches(one)}\t{STATES[one.state]}（{one.of:,} 个里）\t{_short(one.text)}"
        for one in found.stuck
    ]
    lines += ["", f"{days} 天以内到期、后面没有接上的"]
    lines += [
        f"  {one.name}\t{one.label}\t{one.place or '全国'}\t到 {one.to_on}{'，已经过了' if one.is_over else ''}"
        for one in found.endings
    ]
    lines += ["", "有地方没有定的数"]
    lines += [f"  P.{one.parameter}\t{one.label}\t{'、'.join(one.places)}\t等它的：{'、'.join(one.rules)}" for one in found.gaps]
    idle = [*found.unread_facts, *(f"P.{name}" for name in found.unread_parameters)]
    return [*lines, "", f"没有规则用到的：{'、'.join(idle) or '没有'}"]


def _branches(one: Stuck) -> str:
    return f"（{len(one.branches)} 支）" if one.branches else ""


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:119] + "…"
