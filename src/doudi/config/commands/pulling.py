"""`doudi feeds source|sources|pull`: departments' databases, read by contract."""

from __future__ import annotations

import tomllib
from pathlib import Path

import click

from doudi.config.cli import DONE, FOUND_WRONG, answer, could_not, new_database, start_django
from doudi.config.commands.feeds import feeds

json_option = click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
KNOWN = {"code", "sender", "dataset", "dsn", "dsn_file", "table", "columns", "cursor", "every_hours", "active"}


def register(cli: click.Group) -> None:
    for command in (source, sources, pull):
        feeds.add_command(command)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@json_option
def source(file: Path, as_json: bool) -> None:
    """Register a table of a department's database from a TOML FILE (docs/howto/send-us-data.md), or write it down anew."""
    start_django()
    new_database()
    from doudi.exchange import actions
    from doudi.office.core import Party
    from doudi.office.queries import now

    try:
        told = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        could_not(f"{file}: {why}", as_json=as_json)
    if unknown := set(told) - KNOWN:
        could_not(f"{file}: unknown {', '.join(sorted(unknown))}; known: {', '.join(sorted(KNOWN))}.", as_json=as_json)
    if missing := {"code", "sender", "dataset", "table"} - set(told):
        could_not(f"{file}: missing {', '.join(sorted(missing))}.", as_json=as_json)
    if ("dsn" in told) == ("dsn_file" in told):
        could_not(f"{file}: write dsn, or dsn_file with the path of a file that holds it.", as_json=as_json)
    if "dsn_file" in told:
        try:
            told["dsn"] = Path(told.pop("dsn_file")).read_text("utf-8").strip()
        except OSError as why:
            could_not(f"{file}: dsn_file: {why}", as_json=as_json)
    try:
        kept = actions.keep_source(**told, by=Party.system("feeds"), at=now())
    except (ValueError, TypeError) as why:
        could_not(f"{file}: {why}", as_json=as_json)
    answer({"source": kept.code}, as_json=as_json, lines=lambda: [f"{kept.code}: {kept.dataset} from {kept.table}"])


@click.command()
@json_option
def sources(as_json: bool) -> None:
    """List the databases we read from and what the last reading of each brought."""
    start_django()
    new_database()
    from doudi.exchange import queries

    rows = queries.sources()
    told = [
        {"source": one.code, "sender": one.sender, "dataset": one.dataset, "place": one.place, "table": one.table}
        | {"active": one.active, "last": vars_of(one.pulls[0]) if one.pulls else None}
        for one in rows
    ]

    def lines() -> list[str]:
        found = [f"{one['source']:20} {one['dataset']:20} {one['place']} {one['table']}  last: {one['last']}" for one in told]
        return found or ["No source yet: `doudi feeds source FILE.toml`."]

    answer({"sources": told}, as_json=as_json, lines=lines)


def vars_of(pull: object) -> dict[str, object]:
    return {name: getattr(pull, name) for name in ("ended_at", "rows", "problem", "receipt_number")}


@click.command()
@click.argument("code", required=False)
@json_option
def pull(code: str | None, as_json: bool) -> None:
    """Read one source now, or all whose time has come: for a timer of the system. What was read before is not read again."""
    start_django()
    new_database()
    from doudi.engine import memory
    from doudi.exchange import jobs
    from doudi.office.core import Party
    from doudi.office.queries import now

    memory.keep()
    by, at = Party.system("feeds"), now()
    try:
        done = [jobs.pull(code, by=by, at=at)] if code else jobs.pull_due(by=by, at=at)
    except jobs.Refused as why:
        could_not(f"{why} {why.fix}", as_json=as_json)
    except jobs.Busy:
        could_not(f"{code} is being read right now.", as_json=as_json)
    told = [
        {"source": one.source, "rows": one.rows, "problem": one.problem, "receipt": one.receipt.number if one.receipt else ""}
        for one in done
    ]

    def lines() -> list[str]:
        return [f"{one['source']:20} {one['rows']:>9,} rows  {one['receipt']}  {one['problem']}" for one in told] or [
            "Nothing is due."
        ]

    answer({"pulled": told}, as_json=as_json, lines=lines, code=FOUND_WRONG if any(one.problem for one in done) else DONE)
