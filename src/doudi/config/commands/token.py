"""`doudi token USERNAME`: a token for the HTTP API, worth what that clerk's post allows."""

from __future__ import annotations

import click

from doudi.config.cli import answer, could_not, start_django


def register(cli: click.Group) -> None:
    cli.add_command(token)


@click.command()
@click.argument("username")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def token(username: str, as_json: bool) -> None:
    """Print a token for the HTTP API. It ends after a year, or when the clerk's password changes."""
    start_django()
    from doudi.office import queries
    from doudi.web.api import tokens

    clerk = queries.clerk(username)
    if clerk is None or not clerk.is_active:
        could_not(f"No clerk signs in as {username!r}.", as_json=as_json)
    written = tokens.issue(clerk)
    answer({"username": username, "token": written}, as_json=as_json, lines=lambda: [written])
