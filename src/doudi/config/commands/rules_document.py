"""`doudi rules document`: the rules as a page of Markdown, as it stands in docs/reference/programmes.md."""

from __future__ import annotations

import click

from doudi.config.cli import answer, could_not
from doudi.config.commands.rules import rules
from doudi.policy import document
from doudi.policy import pack as packs
from doudi.policy.language.errors import RuleError


def register(cli: click.Group) -> None:
    """Add the command to `doudi rules`."""
    rules.add_command(write_document)


@click.command("document")
@click.option("--pack", "names", multiple=True, metavar="NAME_OR_DIR", help="rules to write down; may be given several times")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def write_document(names: tuple[str, ...], as_json: bool) -> None:
    """Write programmes, numbers, stacking and warnings with their articles, as Markdown on standard output."""
    try:
        pack = packs.load(names or packs.DEFAULT)
    except (RuleError, OSError) as why:
        could_not(str(why), as_json=as_json)
    text = document.markdown(pack)
    answer({"version": pack.version, "markdown": text}, as_json=as_json, lines=lambda: [text.rstrip("\n")])
