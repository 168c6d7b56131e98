"""`doudi batches`: checks of rolls carried out as they are asked for on the page, until stopped."""

from __future__ import annotations

import click

from doudi.config.beside import beside_option, keep_running, told_to_stop
from doudi.config.cli import answer, new_database, say, start_django


def register(cli: click.Group) -> None:
    cli.add_command(batches)


@click.command()
@click.option("--once", is_flag=True, help="carry out what waits now, and end")
@beside_option
@click.option("--json", "as_json", is_flag=True, help="with --once: one JSON object on standard output")
def batches(once: bool, beside: int | None, as_json: bool) -> None:
    """Carry out the checks of rolls asked for on the page, until stopped (Ctrl-C). `doudi serve` starts one itself.

    One at a time on one machine; killed half way, a check is made again from its beginning and kept once.
    """
    if beside is not None:
        keep_running(beside, "batches")
        return
    start_django()
    new_database()
    from doudi.verification import jobs

    if once:
        done = jobs.work_off()
        answer({"done": done}, as_json=as_json, lines=lambda: [f"{done} checks of rolls"])
    say("batches: ready")
    jobs.work_until(told_to_stop())
