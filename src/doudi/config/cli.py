"""`doudi`: one command for people and scripts. Every command takes --json."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

import click

from doudi import __version__
from doudi.config import commands

DONE, FOUND_WRONG, COULD_NOT = 0, 1, 2  # the exit codes every command keeps to


def say(message: str) -> None:
    """Tell a person something, on standard error, so that standard output stays one object for scripts."""
    click.echo(message, err=True)


def answer(result: dict[str, Any] | list[Any], *, as_json: bool, lines: Callable[[], list[str]], code: int = DONE) -> NoReturn:
    """End a command: the whole result as one JSON object, or the same in lines a person reads."""
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, default=str))
    else:
        for line in lines():
            click.echo(line)
    sys.exit(code)


def could_not(message: str, *, as_json: bool, **more: Any) -> NoReturn:
    """End a command that could not do its work: what happened and what to do, exit code 2."""
    say(message)
    if as_json:
        click.echo(json.dumps({"error": message, **more}, ensure_ascii=False, default=str))
    sys.exit(COULD_NOT)


def start_django() -> None:
    """Load settings and rooms; called by commands that need the database, not by those that do not."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.config.settings")
    import django

    django.setup()


def new_database() -> None:
    """Make the tables of a database that has none yet, so that a fresh home works at once; an older one is left to `migrate`."""
    from django.core.management import call_command
    from django.db import connection

    if "django_migrations" not in connection.introspection.table_names():
        call_command("migrate", verbosity=0)


@click.group()
@click.version_option(__version__, prog_name="doudi")
def cli() -> None:
    """doudi 兜底: find every household in hardship, help it, and be able to prove it."""


@cli.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def manage(words: tuple[str, ...]) -> None:
    """Django's own commands: migrate, collectstatic, shell …"""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["doudi manage", *words])


for module in pkgutil.iter_modules(commands.__path__):
    importlib.import_module(f"doudi.config.commands.{module.name}").register(cli)


def main() -> None:
    """The `doudi` command. What nobody foresaw ends with 2 as well: 1 is kept for "done, and found something wrong"."""
    try:
        cli()
    except Exception:
        traceback.print_exc()
        say("That should not have happened; nothing half-done is kept. Please report the lines above.")
        sys.exit(COULD_NOT)
