"""`doudi feeds`: what departments agreed to send, and taking in what they sent."""

from __future__ import annotations

import datetime
import re
import time
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from doudi.config.cli import DONE, FOUND_WRONG, answer, could_not, new_database, start_django


def register(cli: click.Group) -> None:
    cli.add_command(feeds)


@click.group()
def feeds() -> None:
    """Departments' data: contracts, deliveries."""


@feeds.command()
@click.argument("code", required=False)
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def contracts(code: str | None, as_json: bool) -> None:
    """List the contracts, or show one with its columns and the words it accepts."""
    from doudi.engine.contract import read_contracts

    found = read_contracts(Path(__file__).parents[2] / "exchange" / "contracts")
    if code and code not in found:
        could_not(f"No contract {code!r}. There are: {', '.join(found)}", as_json=as_json)
    told: list[dict[str, Any]] = [
        {
            "code": one.code,
            "no": one.no,
            "label": one.label,
            "department": one.department,
            "rhythm": one.rhythm,
            "arrives": one.arrives,
            "sensitivity": one.sensitivity,
            "basis": one.basis,
            "version": one.version,
            "key": list(one.key),
            "columns": [
                {
                    "name": column.name,
                    "label": column.label,
                    "aliases": list(column.aliases),
                    "type": column.type,
                    "required": column.required,
                    "sensitivity": column.sensitivity,
                    "codes": {value: list(words) for value, words in column.codes.items()},
                }
                for column in one.columns
            ],
        }
        for one in found.values()
        if not code or one.code == code
    ]

    def lines() -> list[str]:
        if not code:
            return [
                f"{one['no'] or '-':4} {one['code']:24} {one['label']}  ({one['department']}, {one['rhythm']}, {one['arrives']})"
                for one in told
            ]
        (one,) = told
        shown = [f"{one['code']}  {one['label']}  {one['department']}, {one['rhythm']}, {one['arrives']}; basis {one['basis']}"]
        for column in one["columns"]:
            words = "; ".join(f"{value} = {' / '.join(words)}" for value, words in column["codes"].items())
            also = f"  also: {' / '.join(column['aliases'])}" if column["aliases"] else ""
            must = "required" if column["required"] else ""
            shown.append(f"  {column['name']:18} {column['label']}  {column['type']} {must}{also}{'  ' + words if words else ''}")
        return shown

    answer({"contracts": told}, as_json=as_json, lines=lines)


@feeds.command()
@click.argument("where", type=click.Path(path_type=Path))
@click.option("--snapshot", default="", help="a frozen set beside the running data, for example p2")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="the day the files tell about, where they do not say")
@click.option("--sender", default="", help="who sent the files, where no manifest says")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def load(where: Path, snapshot: str, as_of: datetime.datetime | None, sender: str, as_json: bool) -> None:
    """Load a file, a zip or a folder of files. Each is recognised by its columns; running it twice changes nothing."""
    if not re.fullmatch("[A-Za-z0-9_-]{0,60}", snapshot):
        could_not(f"{snapshot!r} is no name of a snapshot: up to 60 letters, digits, - and _.", as_json=as_json)
    start_django()
    new_database()
    from doudi.engine import memory
    from doudi.exchange import jobs
    from doudi.exchange.queries import contracts
    from doudi.office.core import Party
    from doudi.office.queries import now

    memory.keep()
    began = time.monotonic()
    bar = tqdm(total=0, unit="file", leave=False, delay=2)

    def progress(name: str, done: int, total: int) -> None:
        bar.total = total
        bar.set_description_str(name[-40:], refresh=False)
        bar.update(done - bar.n)

    try:
        outcome = jobs.pick_up(
            where,
            by=Party.system("feeds"),
            at=now(),
            snapshot=snapshot,
            as_of=as_of.date() if as_of else None,
            sender=sender[:80],
            progress=progress,
        )
    except FileNotFoundError:
        could_not(f"There is nothing at {where}.", as_json=as_json)
    finally:
        bar.close()
    datasets = outcome.datasets()
    if not datasets and not outcome.refused:
        could_not(f"There is no file in {where}.", as_json=as_json)
    result = {
        "datasets": datasets,
        "refused": [vars(one) for one in outcome.refused],
        "receipts": [{"receipt": one.number, "sender": one.sender, "file": one.file_name} for one in outcome.receipts],
        "seconds": round(time.monotonic() - began, 3),
        **{count: sum(one[count] for one in datasets.values()) for count in ("rows", "accepted", "rejected", "repeated")},
    }

    def lines() -> list[str]:
        shown = []
        for code, one in datasets.items():
            reasons = ", ".join(f"{reason} {count:,}" for reason, count in sorted(one["reasons"].items(), key=lambda x: -x[1]))
            shown.append(
                f"{code:24} {contracts()[code].label}  {one['rows']:>9,} rows  {one['accepted']:>9,} accepted  "
                f"{one['rejected']:>7,} rejected"
                f"{' (' + reasons + ')' if reasons else ''}  {one['repeated']:>6,} repeated  "
                f"{sum(one['without_number'].values()):>6,} without number{'  (already loaded)' if one['already_loaded'] else ''}"
            )
        shown += [f"REFUSED {one.file}: {one.message} {one.fix}" for one in outcome.refused]
        return [*shown, f"{result['rows']:,} rows in {result['seconds']} s"]

    answer(result, as_json=as_json, lines=lines, code=FOUND_WRONG if outcome.refused else DONE)


@feeds.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--dataset", default="", help="only this dataset")
@click.option("--snapshot", default="", help="a frozen set loaded with `feeds load --snapshot`")
@click.option("--to", default="", help="whom the files go back to, for the journal")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def rejects(folder: Path, dataset: str, snapshot: str, to: str, as_json: bool) -> None:
    """Write the rejected rows of each load into FOLDER, to send back: the row as it came, what is wrong, what to do."""
    start_django()
    new_database()
    from doudi.exchange import jobs
    from doudi.office.core import Party
    from doudi.office.queries import now

    found = jobs.return_rejects(folder, by=Party.system("feeds"), at=now(), dataset=dataset, snapshot=snapshot, to=to)
    result = {"files": [vars(one) for one in found], "rows": sum(one.rows for one in found)}

    def lines() -> list[str]:
        return [f"{one.rows:>7,} rows of {one.file_name} → {one.path}" for one in found] or ["No row was rejected."]

    answer(result, as_json=as_json, lines=lines)
