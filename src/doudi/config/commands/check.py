"""`doudi check`: a whole roll against other lists."""

from __future__ import annotations

import datetime
import time

import click

from doudi.config.cli import answer, could_not, new_database, start_django


def register(cli: click.Group) -> None:
    cli.add_command(check)


@click.command()
@click.option(
    "--order", required=True, metavar="RW…", help="the task order it stands on: approved, in force, naming roll and lists"
)
@click.option("--roll", required=True, help="the dataset checked, for example disability_subsidy")
@click.option(
    "--against",
    required=True,
    help="checks or datasets, with commas between: tekun,died,certificate,moved,prison,twice; or * for every list of the order",
)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="the day judged; by default the day the roll tells about")
@click.option("--snapshot", default="", help="a frozen set loaded with `feeds load --snapshot`")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def check(order: str, roll: str, against: str, on: datetime.datetime | None, snapshot: str, as_json: bool) -> None:
    """Find who is on a roll and may not be, with both rows and the article. A hit is not fraud."""
    start_django()
    new_database()
    from doudi.office.core import NotAllowed
    from doudi.office.queries import now
    from doudi.policy.language.errors import RuleError
    from doudi.verification import jobs

    began = time.monotonic()
    words = [word.strip() for word in against.split(",") if word.strip()]
    try:
        done = jobs.run_batch(roll, words, order=order, by=jobs.WORKER, at=now(), on=on.date() if on else None, snapshot=snapshot)
    except (NotAllowed, jobs.NotLoaded, RuleError) as why:
        could_not(str(why), as_json=as_json)
    batch = done.batch
    result = {
        "check": batch.ref,
        "run": done.run,
        "order": order,
        "roll": batch.roll,
        "against": batch.against,
        "on": batch.on.isoformat(),
        "snapshot": batch.snapshot,
        "persons": batch.persons,
        "anomalies": batch.anomalies,
        "kinds": batch.kinds,
        "pairs": batch.pairs,
        "no_answer": batch.silent,
        "lists": done.lists,
        "seen": done.seen,
        "sources": batch.sources,
        "parquet": str(done.parquet),
        "csv": str(done.readable),
        "already_done": done.already,
        "seconds": round(time.monotonic() - began, 3),
    }

    def lines() -> list[str]:
        shown = [f"{batch.roll} on {batch.on}: {batch.persons:,} people, {batch.anomalies:,} to look at (check {batch.ref})"]
        shown += [f"  {kind:14} {count:>8,}" for kind, count in batch.kinds.items()]
        shown += [f"  {dataset}: no answer, nothing delivered by that day" for dataset in batch.silent]
        told = ", ".join(f"{count:,} {how}" for how, count in done.seen.items() if count)
        shown += [f"beside the check before: {told}"] if told else []
        return [*shown, f"both rows and the article: {done.readable}", f"{done.parquet}"]

    answer(result, as_json=as_json, lines=lines)
