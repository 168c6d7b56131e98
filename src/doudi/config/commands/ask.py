"""`doudi ask`: the worker that asks sources, and what a source needs to know of us."""

from __future__ import annotations

import time

import click

from doudi.config.beside import beside_option, keep_running, told_to_stop
from doudi.config.cli import answer, new_database, say, start_django

PAUSE = 1.0  # seconds between two rounds that found nothing to do


def register(cli: click.Group) -> None:
    cli.add_command(ask)


@click.group(invoke_without_command=True)
@click.option("--once", is_flag=True, help="one round, then end: for a timer of the system")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output (with --once)")
@beside_option
@click.pass_context
def ask(context: click.Context, once: bool, as_json: bool, beside: int | None) -> None:
    """Send the questions of means checks to their sources, take answers in, let cases compare anew; until stopped (Ctrl-C).

    As many as you like may run at once: no question is ever with two of them. `doudi serve` starts one itself.
    """
    if context.invoked_subcommand:
        return
    if beside is not None:
        keep_running(beside, "ask")
        return
    start_django()
    new_database()
    if once:
        done = _round()
        answer(done, as_json=as_json, lines=lambda: ["  ".join(f"{name} {count}" for name, count in done.items())])
    stopped = told_to_stop()
    say("ask: ready")
    while not stopped():
        if not any(_round().values()):
            time.sleep(PAUSE)


def _round() -> dict[str, int]:
    """Ask what is due, carry files and letters between places, let cases take in what came, issue reports: name → how many."""
    from doudi.casework import jobs as casework
    from doudi.office.core import Party
    from doudi.office.queries import now
    from doudi.verification import jobs as verification

    by = Party.system("ask")
    asked = verification.ask_sources(by=by)
    files, from_files = verification.carry_files(by=by, at=now())
    places = verification.run_places()
    letters = places.read + places.answered + places.handed
    carried = {"files": files, "from_files": from_files, "letters": letters}
    cases = casework.take_answers(now())
    return {**vars(asked), **carried, "cases": cases, "reports": verification.issue_reports(now())}


@ask.command()
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def key(as_json: bool) -> None:
    """Print our public key (Ed25519, Base64): a source checks our requests with it."""
    start_django()
    from doudi.office.queries import clock
    from doudi.verification import jobs

    told = jobs.our_key(clock())
    answer({"public_key": told}, as_json=as_json, lines=lambda: [told])
