"""`doudi report`: hand a report out with its proof, check one without a database, say which certificate signs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from doudi.config.cli import DONE, FOUND_WRONG, answer, could_not, start_django


def register(cli: click.Group) -> None:
    cli.add_command(report)


as_json_option = click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")


@click.group()
def report() -> None:
    """Reports of means checks: hand out, check, certificate."""


@report.command()
@click.argument("number")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="the folder to write to")
@click.option("--by", "username", required=True, help="the clerk who takes it out; the people see it")
@as_json_option
def hand(number: str, out: Path, username: str, as_json: bool) -> None:
    """Write the signed PDF, the exact bytes and the journal's proof of report NUMBER into a folder."""
    start_django()
    from doudi.office import actions as office
    from doudi.office import queries as time
    from doudi.office.core import NotAllowed
    from doudi.verification import jobs, queries
    from doudi.web.parts import reports

    at, clerk = time.now(), time.clerk(username)
    viewer = time.viewer(clerk, "check.read", at) if clerk else None
    if clerk is None or viewer is None:
        could_not(f"No clerk {username!r} with a post today.", as_json=as_json)
    try:
        row = next((one for one in queries.reports_in(viewer, number=number) if one.number == number), None)
        page = queries.report(row.ref, viewer) if row else None
    except NotAllowed as why:
        could_not(str(why), as_json=as_json)
    if page is None:
        could_not(f"No report {number} in the area of {username}.", as_json=as_json)
    for pid in page.pids:
        office.look(subject=pid, viewer=viewer, at=at, what="核对报告（交出一份）")
    pdf = reports.sheet_for(reports.own_address(page.token), page, by=clerk, at=at)
    told = jobs.verified(page.token, on=time.today(at))
    if told is None or told.proof is None:
        answer({"proven": False, "error": told.why_not if told else "gone"}, as_json=as_json, lines=list, code=FOUND_WRONG)
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = {
        f"{number}.pdf": pdf,
        f"{number}.json": page.data,
        f"{number}-proof.json": json.dumps(told.proof, ensure_ascii=False).encode(),
    }
    for name, data in files.items():
        (out / name).write_bytes(data)
    answer(
        {"number": number, "folder": str(out), "files": sorted(files)},
        as_json=as_json,
        lines=lambda: [f"{number}: {', '.join(sorted(files))} in {out}"],
    )


@report.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--proof", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True, help="…-proof.json")
@click.option("--key", help="the verifier key you trust; without it the proof's own key is used")
@click.option("--certificate", help="the fingerprint (SHA-256) of the office's certificate, when you know it")
@as_json_option
def check(file: Path, proof: Path, key: str | None, certificate: str | None, as_json: bool) -> None:
    """Check a report (PDF or JSON) against its proof, offline, without a database. Exit code 1 if a byte is otherwise."""
    from doudi.office.merkle import NotProven, check_proof
    from doudi.verification.core.held import Held, compare_held, open_pdf

    data = file.read_bytes()
    opened = open_pdf(data) if data.startswith(b"%PDF-") else None
    held = Held(
        data=opened.attached if opened else (None if data.startswith(b"%PDF-") else data),
        intact=opened.intact if opened else not data.startswith(b"%PDF-"),
        certificate=opened.fingerprint if opened else "",
    )
    try:
        line = check_proof(json.loads(proof.read_text(encoding="utf-8")), key=key)
        told: dict[str, Any] = compare_held(held, line["line"], certificate=certificate or "")
    except (NotProven, ValueError) as wrong:
        told = {"same": False, "error": str(wrong)}
    told |= {"file": str(file), "signed_by": opened.signer if opened else ""}

    def lines() -> list[str]:
        if not told["same"]:
            return [f"{file}: {told['error']}"]
        trust = "" if key else " (by the key the proof itself brings; --key to say yours)"
        return [f"{file}: this is report {told['number']}, issued {told['issued_at']}, unchanged{trust}"]

    answer(told, as_json=as_json, lines=lines, code=DONE if told["same"] else FOUND_WRONG)


@report.command()
@click.option("--p12", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="bring your own: a PKCS#12 file")
@as_json_option
def certificate(p12: Path | None, as_json: bool) -> None:
    """Show the certificate that signs reports, or bring the office's own; the password is asked for, never an argument."""
    start_django()
    from doudi.office.core import NotAllowed, Party
    from doudi.office.gateways import seals
    from doudi.office.queries import now
    from doudi.verification import actions

    at = now()
    if p12 is None:
        seal = seals.current(at)
    else:
        password = click.prompt("Password of the file", hide_input=True, default="", show_default=False, err=True)
        try:
            seal = seals.bring(p12.read_bytes(), password, at)
        except NotAllowed as why:
            could_not(str(why), as_json=as_json)
        actions.use_certificate(fingerprint=seal.fingerprint, by=Party.system("certificate"), at=at)
    told = {
        "subject": seal.subject,
        "fingerprint": seal.fingerprint,
        "valid_until": seal.certificate.not_valid_after_utc.date().isoformat(),
        "vouched_for": not seal.own_word,
    }
    answer(told, as_json=as_json, lines=lambda: [f"{name}: {value}" for name, value in told.items()])
