"""`doudi peer …`: other places we may ask, and that may ask us."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

import click

from doudi.config.cli import DONE, FOUND_WRONG, answer, could_not, new_database, say, start_django

json_option = click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
Result = TypeVar("Result")


def register(cli: click.Group) -> None:
    cli.add_command(peer)


@click.group()
def peer() -> None:
    """Other places: hand over cards, compare fingerprints, send letters, compare both journals."""


def _start() -> tuple[Any, Any]:
    start_django()
    new_database()
    from doudi.office import queries as office
    from doudi.office.core import Party

    return office, Party.system("peer")


def _try(act: Callable[[], Result], as_json: bool) -> Result:
    """Run an act; what it says no to is said in words, exit code 2."""
    from doudi.office.core import NotAllowed
    from doudi.verification.core.cards import BadCard
    from doudi.verification.core.letters import NotALetter

    try:
        return act()
    except (BadCard, NotAllowed, NotALetter) as why:
        could_not(str(why), as_json=as_json)


@peer.command()
@json_option
def card(as_json: bool) -> None:
    """Print our own card, to hand to another place, and the fingerprint to read out when they call."""
    office, _ = _start()
    from doudi.verification.queries import peers

    text = _try(lambda: peers.own_card(office.clock()), as_json)
    digits = peers.own_fingerprint(office.clock())
    answer(
        {"card": text, "fingerprint": digits},
        as_json=as_json,
        lines=lambda: [text, f"Fingerprint, to read out over the telephone: {digits}"],
    )


@peer.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--relation", type=click.Choice(["up", "down", "beside"]), default="beside", show_default=True)
@click.option("--via", default="", help="area code of the place letters go through, for one without an address")
@json_option
def add(file: Any, relation: str, via: str, as_json: bool) -> None:
    """Take in another place's card (a FILE, or - for standard input). Compare its fingerprint before anything is sent."""
    office, me = _start()
    from doudi.verification import actions
    from doudi.verification.queries import peers

    text = file.read()
    made = _try(
        lambda: actions.add_peer(card=text, relation=relation, via=via, by=me, at=office.now(), clock=office.clock()), as_json
    )
    row = peers.peer(made.code)
    told = {"place": row.code, "label": row.label, "fingerprint": row.fingerprint, "checked": row.checked_at is not None}
    words = [f"{row.code} {row.label}", f"Fingerprint: {row.fingerprint}"]
    if row.checked_at is None:
        words.append(f"Call them on a number you knew before, let THEM read it out, then: doudi peer check {row.code} DIGITS")
    answer(told, as_json=as_json, lines=lambda: words)


@peer.command()
@click.argument("code")
@click.argument("fingerprint", nargs=-1, required=True)
@json_option
def check(code: str, fingerprint: tuple[str, ...], as_json: bool) -> None:
    """Note that the other side read out these forty digits."""
    office, me = _start()
    from doudi.verification import actions

    digits = " ".join(fingerprint)
    _try(lambda: actions.check_peer(code=code, fingerprint=digits, by=me, at=office.now()), as_json)
    answer({"place": code, "checked": True}, as_json=as_json, lines=lambda: [f"{code} may be asked, and may ask."])


@peer.command("list")
@json_option
def list_peers(as_json: bool) -> None:
    """List other places, how letters reach them, and what waits."""
    _start()
    from doudi.verification.queries import peers

    rows = [
        {
            "place": one.code, "label": one.label, "relation": one.relation, "address": one.address, "via": one.via,
            "active": one.active, "fingerprint": one.fingerprint, "route": peers.route(one.code),
        }
        for one in peers.peers_known()
    ]  # fmt: skip
    stuck = [{"to": to, "letter": letter, "why": why, "tries": tries} for to, letter, why, tries in peers.letters_stuck()]

    def lines() -> list[str]:
        found = [f"{one['place']:12} {one['label']}  {one['route']}" for one in rows] or ["No other place is known yet."]
        return found + [f"waiting for {one['to']}: {one['why']} ({one['tries']} tries)" for one in stuck]

    answer({"places": rows, "waiting": stuck}, as_json=as_json, lines=lines)


@peer.command()
@click.argument("code")
@json_option
def stop(code: str, as_json: bool) -> None:
    """Send nothing there and take nothing from there any more."""
    office, me = _start()
    from doudi.verification import actions

    _try(lambda: actions.stop_peer(code=code, by=me, at=office.now()), as_json)
    answer({"place": code, "active": False}, as_json=as_json, lines=lambda: [f"{code} is stopped."])


@peer.command()
@json_option
def rotate(as_json: bool) -> None:
    """Make new keys of our own; the old ones open letters for a week more. Hand the new card to every place within that week."""
    office, me = _start()
    from doudi.verification import actions

    text = _try(lambda: actions.change_own_keys(by=me, at=office.now(), clock=office.clock()), as_json)
    answer({"card": text}, as_json=as_json, lines=lambda: [text])


@peer.command()
@click.option("--once", is_flag=True, help="one round, then stop: for a timer of the system")
@click.option("--every", default=5.0, show_default=True, help="seconds between two rounds")
@json_option
def run(once: bool, every: float, as_json: bool) -> None:
    """Read letters, answer what may be answered at once, hand letters on; until stopped. `doudi ask` does it too."""
    _start()
    from doudi.verification import jobs

    while True:
        done = jobs.run_places()
        if once:
            break
        if done.read or done.handed:
            say(f"read {done.read}, answered {done.answered}, handed over {done.handed}, waiting {done.waiting}")
        time.sleep(every)
    told = {"read": done.read, "answered": done.answered, "handed": done.handed, "waiting": done.waiting, "again": done.again}
    answer(
        told,
        as_json=as_json,
        lines=lambda: [f"{done.read} read, {done.answered} answered, {done.handed} handed over, {done.waiting} waiting."],
        code=FOUND_WRONG if done.waiting else DONE,
    )


@peer.command()
@click.argument("refs", nargs=-1)
@click.option("--peer", "code", default="", help="every exchange with this place; of all places when nothing is named")
@click.option("--wait", default=0.0, help="seconds to wait for the other side")
@json_option
def compare(refs: tuple[str, ...], code: str, wait: float, as_json: bool) -> None:
    """Compare both journals: of exchanges named, of those with one place, or of all. Exit code 1 when a pair differs."""
    office, me = _start()
    from doudi.verification import actions, jobs
    from doudi.verification.queries import exchanges

    wanted = list(refs) or exchanges.exchanges_of(code)
    asked = [
        _try(lambda ref=ref: actions.compare_exchange(ref=ref, by=me, at=office.now(), clock=office.clock()), as_json)
        for ref in wanted
    ]
    names, ends = {one.ref for one in asked}, time.monotonic() + wait
    while True:
        jobs.run_places()
        rows = [one for one in exchanges.comparisons() if one.ref in names]
        if all(one.heard_at for one in rows) or time.monotonic() >= ends:
            break
        time.sleep(0.5)
    told = [{"exchange": one.exchange, "peer": one.peer, "verdict": one.verdict or "waiting", "words": one.words} for one in rows]
    wrong = [one for one in told if one["verdict"] not in ("agree", "under_way", "waiting")]
    answer(
        {"compared": told},
        as_json=as_json,
        lines=lambda: [f"{one['exchange']}  {one['peer']}  {one['words']}" for one in told] or ["Nothing to compare."],
        code=FOUND_WRONG if wrong else DONE,
    )


@peer.command()
@click.argument("ref", required=False)
@json_option
def show(ref: str | None, as_json: bool) -> None:
    """One exchange, or all: states and digests, nobody's data."""
    _start()
    from doudi.verification.queries import exchanges

    refs = [ref] if ref else exchanges.exchanges_of()
    rows = [_try(lambda one=one: exchanges.exchange_json(one), as_json) for one in refs]
    answer({"exchanges": rows}, as_json=as_json, lines=lambda: [json.dumps(one, ensure_ascii=False) for one in rows])
