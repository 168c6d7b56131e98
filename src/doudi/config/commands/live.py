"""`doudi live`: events taken as they come, until stopped."""

from __future__ import annotations

import click

from doudi.config.beside import beside_option, keep_running, told_to_stop
from doudi.config.cli import new_database, say, start_django


def register(cli: click.Group) -> None:
    cli.add_command(live)


@click.command()
@beside_option
def live(beside: int | None) -> None:
    """Take live events in order and bring their alerts to the desks, until stopped (Ctrl-C).

    One process takes events; another started beside it waits until the first is gone. `doudi serve` starts one itself.
    """
    if beside is not None:
        keep_running(beside, "live")
        return
    start_django()
    new_database()
    from doudi.monitoring import jobs

    jobs.take_until(told_to_stop(), ready=lambda: say("live: ready"))
