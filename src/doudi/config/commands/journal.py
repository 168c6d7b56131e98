"""`doudi journal`: prove the whole, prove one line, hand it out, check a proof somebody brings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

import click
from django.db import DatabaseError
from tqdm import tqdm

from doudi.config.cli import DONE, FOUND_WRONG, answer, could_not, start_django


def register(cli: click.Group) -> None:
    cli.add_command(journal)


as_json_option = click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")


def _found_wrong(result: dict[str, Any], as_json: bool) -> NoReturn:
    answer(result, as_json=as_json, lines=lambda: [result["error"]], code=FOUND_WRONG)


def _no_database(why: Exception, as_json: bool) -> NoReturn:
    could_not(f"The journal's tables cannot be read ({why}). On a new machine: doudi manage migrate", as_json=as_json)


@click.group()
def journal() -> None:
    """The list of acts: provable as a whole and line by line."""


@journal.command()
@click.option("--against", type=click.Path(path_type=Path, file_okay=False), help="compare with a folder exported before")
@as_json_option
def verify(against: Path | None, as_json: bool) -> None:
    """Recompute everything from the rows; whatever was changed, added or taken away is named. Exit code 1 if anything was."""
    start_django()
    from doudi.office import proofs
    from doudi.office.merkle import NotProven

    try:
        with tqdm(unit=" lines", delay=2) as bar:
            verdict = proofs.verify(against=against, progress=bar.update)
    except NotProven as wrong:
        _found_wrong({"whole": False, "error": str(wrong)}, as_json)
    except DatabaseError as wrong:
        _no_database(wrong, as_json)
    except OSError as wrong:
        could_not(f"The exported folder cannot be read: {wrong}", as_json=as_json)
    answer(
        verdict.as_json(),
        as_json=as_json,
        lines=lambda: (
            [finding.words for finding in verdict.findings]
            + ([f"… and {verdict.found - len(verdict.findings)} more"] if verdict.found > len(verdict.findings) else [])
            + [
                f"{verdict.size} lines, {verdict.checkpoints} checkpoints: "
                + ("nothing was changed" if verdict.whole else f"{verdict.found} things are not as they were written"),
                f"root {verdict.root}",
            ]
        ),
        code=DONE if verdict.whole else FOUND_WRONG,
    )


@journal.command()
@click.argument("seq", type=int, required=False)
@click.option("--consistency", "old", type=int, help="instead: prove that the journal of this many lines is the beginning")
@as_json_option
def prove(seq: int | None, old: int | None, as_json: bool) -> None:
    """Prove that line SEQ (from 0) is in the journal; the answer can be checked by `doudi journal check`, anywhere, offline."""
    if (seq is None) == (old is None):
        could_not("Say which: a line's number, or --consistency and a number of lines.", as_json=as_json)
    start_django()
    from doudi.office import actions, proofs
    from doudi.office.merkle import NotProven

    try:
        checkpoint = actions.sign_checkpoint()
        proof = proofs.prove(seq, checkpoint) if seq is not None else proofs.prove_growth(old or 0, checkpoint)
    except ValueError as wrong:
        could_not(str(wrong), as_json=as_json)
    except DatabaseError as wrong:
        _no_database(wrong, as_json)
    except NotProven as wrong:
        _found_wrong({"proven": False, "error": str(wrong)}, as_json)
    answer(proof, as_json=as_json, lines=lambda: [json.dumps(proof, ensure_ascii=False, indent=1)])


@journal.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--key", help="the verifier key you trust; without it the proof's own key is used")
@as_json_option
def check(file: Any, key: str | None, as_json: bool) -> None:
    """Check a proof (a file, or - for standard input) without a database. Exit code 1 if it does not hold."""
    from doudi.office.merkle import NotProven, check_proof

    try:
        proof = json.load(file)
    except ValueError as wrong:
        could_not(f"Not JSON: {wrong}", as_json=as_json)
    try:
        found = check_proof(proof, key=key)
    except NotProven as wrong:
        _found_wrong({"proven": False, "error": str(wrong)}, as_json)
    told = [f"Proven under {found['origin']}" + ("" if key else ", by the key the proof itself brings (--key to say yours)")]
    answer(found, as_json=as_json, lines=lambda: [*told, json.dumps(found, ensure_ascii=False)])


@journal.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@as_json_option
def export(folder: Path, as_json: bool) -> None:
    """Write the journal to FOLDER as C2SP tlog-tiles with a signed checkpoint, for anybody's verifier; only what is new."""
    start_django()
    from doudi.office import jobs
    from doudi.office.merkle import NotProven

    try:
        with tqdm(unit=" tiles", delay=2) as bar:
            done = jobs.export_journal(folder, progress=bar.update)
    except NotProven as wrong:
        _found_wrong({"exported": False, "error": str(wrong)}, as_json)
    except DatabaseError as wrong:
        _no_database(wrong, as_json)
    except OSError as wrong:
        could_not(f"{folder} cannot be written: {wrong}", as_json=as_json)
    result = {"exported": True, "folder": str(folder), "lines": done.size, "files_written": done.written, "origin": done.origin}
    answer(
        result, as_json=as_json, lines=lambda: [f"{done.size} lines of {done.origin} in {folder}, {done.written} files written"]
    )


@journal.command()
@as_json_option
def sign(as_json: bool) -> None:
    """Sign the journal as it stands and keep the checkpoint: a line for the nightly schedule."""
    start_django()
    from doudi.office import jobs
    from doudi.office.merkle import NotProven

    try:
        size = jobs.sign_journal()
    except DatabaseError as wrong:
        _no_database(wrong, as_json)
    except NotProven as wrong:
        _found_wrong({"signed": None, "error": str(wrong)}, as_json)
    answer({"signed": size}, as_json=as_json, lines=lambda: [f"{size} lines signed"])
