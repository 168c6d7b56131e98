"""Reading exchanges with other places: what was asked and answered, what waits, both journals, what papers travel."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q

from doudi.exchange import queries as exchange
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer, mask_name, mask_number
from doudi.office.queries import today
from doudi.registry import queries as registry
from doudi.verification.core import letters, peers
from doudi.verification.core.peers import OPEN, REFUSALS, Side, State
from doudi.verification.models import Authorisation, ExchangeComparison, Letter, Peer, PlaceExchange, TaskOrder
from doudi.verification.queries.peers import PAGE, standing_for


@dataclass(frozen=True, slots=True)
class ExchangeRow:
    """One exchange in a list; nobody's name in it."""

    ref: str
    side: str
    peer: str
    peer_label: str
    area: str
    programme: str
    datasets: tuple[str, ...]
    people: int
    asked_at: datetime
    due_on: date
    state: str
    state_label: str
    reason: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class PersonAsked:
    """Somebody an exchange asks about, and on what paper; masked until the post may read it."""

    name: str
    number: str
    authorisation: str
    signed_on: str
    valid_until: str
    sha256: str
    datasets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExchangePage:
    """One exchange: who is asked about on what paper, digests, answers, comparison."""

    row: ExchangeRow
    office: str
    purpose: str
    basis: str
    order: str
    people: tuple[PersonAsked, ...]
    pids: tuple[str, ...]  # of those who are known here under this name
    question_digest: str
    answer_digest: str
    answered_at: datetime | None
    by_policy: bool
    heard_at: datetime | None
    their_due: str
    subject: str
    comparisons: tuple[tuple[datetime, str, str], ...]  # when, verdict code, in words


def exchanges(viewer: Viewer, *, side: str = "", waiting: bool = False, first: int = 0, count: int = PAGE) -> list[ExchangeRow]:
    """Exchanges with other places in the viewer's area, the newest first.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("place.list")
    if not viewer.within:
        return []
    rows = PlaceExchange.objects.filter(area__startswith=viewer.within)
    if side:
        rows = rows.filter(side=side)
    if waiting:
        rows = rows.filter(state__in=[state.value for state in OPEN])
    found = list(rows.order_by("-id")[first : first + count])
    labels = dict(Peer.objects.filter(code__in={one.peer for one in found}).values_list("code", "label"))
    return [_row(one, labels) for one in found]


def exchange_page(ref: str, viewer: Viewer) -> ExchangePage:
    """One exchange; the page that shows it notes the look.

    :raises NotAllowed: no such exchange, another area, or the post does not allow it
    """
    viewer.need("place.list")
    found = PlaceExchange.objects.filter(ref=ref).first()
    if found is None or not viewer.sees(found.area):
        raise NotAllowed("没有这次核对往来，或者不归您看。")
    labels = dict(Peer.objects.filter(code=found.peer).values_list("code", "label"))
    contracts = exchange.contracts()
    opened = viewer.may("place.answer")
    told = found.question
    known = [registry.known_here(one["number"], one["name"]) for one in told["people"]]
    people = []
    for at, one in enumerate(told["people"]):
        paper = one.get("authorisation") or {}
        asked = [wanted["dataset"] for wanted in told["wanted"] if wanted["person"] == at]
        people.append(
            PersonAsked(
                name=one["name"] if opened else mask_name(one["name"]),
                number=one["number"] if opened else mask_number(one["number"]),
                authorisation=str(paper.get("number", "")),
                signed_on=str(paper.get("signed_on", "")),
                valid_until=str(paper.get("valid_until", "")),
                sha256=str(paper.get("sha256", "")),
                datasets=tuple(contracts[code].label if code in contracts else code for code in asked),
            )
        )
    comparisons = ExchangeComparison.objects.filter(exchange=found).order_by("-id")[:5]
    return ExchangePage(
        row=_row(found, labels),
        office=told["office"],
        purpose=told["purpose"],
        basis=told["basis"],
        order=str((told.get("order") or {}).get("number", "")),
        people=tuple(people),
        pids=tuple(one.pid for one in known if one is not None and one.same_name),
        question_digest=found.question_digest,
        answer_digest=found.answer_digest,
        answered_at=found.answered_at,
        by_policy=bool(found.policy),
        heard_at=found.heard_at,
        their_due=told["due_on"] if found.side == Side.ANSWERING else "",
        subject=found.subject,
        comparisons=tuple((one.asked_at, one.verdict, peers.VERDICTS.get(one.verdict, "等对方回话")) for one in comparisons),
    )


def _row(one: PlaceExchange, labels: dict[str, str]) -> ExchangeRow:
    contracts = exchange.contracts()
    return ExchangeRow(
        ref=one.ref,
        side=one.side,
        peer=one.peer,
        peer_label=labels.get(one.peer, one.peer),
        area=one.area,
        programme=one.programme,
        datasets=tuple(contracts[code].label if code in contracts else code for code in one.datasets),
        people=len(one.question["people"]),
        asked_at=one.asked_at,
        due_on=one.due_on,
        state=one.state,
        state_label=State(one.state).label,
        reason=REFUSALS.get(one.reason, one.reason),
        is_open=one.state in OPEN,
    )


def exchange_asked(ref: str) -> tuple[str, dict[str, Any]] | None:
    """State and question of an exchange we answer, for the job that works out the answer; None when there is none."""
    found = PlaceExchange.objects.filter(ref=ref, side=Side.ANSWERING).first()
    return (found.state, found.question) if found else None


def answered(*, limit: int = 200) -> list[tuple[str, str, str, dict[str, Any]]]:
    """What came back on our questions, newest first: ref, state, reason, the answer as it came."""
    rows = PlaceExchange.objects.filter(side=Side.ASKING, state__in=[State.ANSWERED, State.REFUSED]).order_by("-id")[:limit]
    return [(one.ref, one.state, one.reason, one.answer or {}) for one in rows]


def counts(viewer: Viewer, on: date) -> dict[str, int]:
    """How many questions from elsewhere wait for an answer here, how many of them past their day, and ours that are late."""
    viewer.need("place.list")
    rows = PlaceExchange.objects.filter(area__startswith=viewer.within or "-", state__in=[state.value for state in OPEN])
    theirs, late = Q(side=Side.ANSWERING), Q(due_on__lt=on)
    return rows.aggregate(
        waiting=Count("pk", filter=theirs),
        late=Count("pk", filter=theirs & late),
        ours_late=Count("pk", filter=Q(side=Side.ASKING) & late),
    )


# ---- both journals ------------------------------------------------------------------------------------------------------

TOLD = {
    "question": ("verification.ask_place", "verification.take_question"),
    "answer": ("verification.answer_place", "verification.take_reply"),
}


def held(ref: str) -> dict[str, dict[str, str]] | None:
    """What this side holds of an exchange: the digests its journal tells, and those its kept content gives now; None: nothing."""
    found = PlaceExchange.objects.filter(ref=ref).first()
    if found is None:
        return None
    journal = {"question": "", "answer": ""}
    for line in office.journal_of(ref):
        for what, acts in TOLD.items():
            if line.act in acts:
                journal[what] = line.detail["digest"]
    kept = {
        "question": letters.digest(found.question),
        "answer": letters.digest(found.answer) if found.answer else "",
    }
    return {"journal": journal, "kept": kept}


def exchanges_of(code: str = "") -> list[str]:
    """Refs of every exchange, or of those with one place, oldest first; for comparing both journals."""
    rows = PlaceExchange.objects.filter(peer=code) if code else PlaceExchange.objects.all()
    return list(rows.order_by("id").values_list("ref", flat=True))


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """What the last comparison of an exchange said."""

    ref: str
    exchange: str
    peer: str
    verdict: str
    words: str
    asked_at: datetime
    heard_at: datetime | None


def comparisons() -> list[ComparisonRow]:
    """The latest comparison of each exchange."""
    found: dict[str, ComparisonRow] = {}
    for one in ExchangeComparison.objects.select_related("exchange").order_by("id"):
        words = peers.VERDICTS.get(one.verdict, "等对方回话")
        found[one.exchange.ref] = ComparisonRow(
            one.ref, one.exchange.ref, one.exchange.peer, one.verdict, words, one.asked_at, one.heard_at
        )
    return list(found.values())


def exchange_json(ref: str) -> dict[str, Any]:
    """An exchange as the command shows it to scripts: states and digests, nobody's data.

    :raises NotAllowed: no such exchange
    """
    one = PlaceExchange.objects.filter(ref=ref).first()
    if one is None:
        raise NotAllowed("没有这次核对往来。")
    said: dict[str, int] = {}
    for told in (one.answer or {}).get("answers", []):
        said[told["said"]] = said.get(told["said"], 0) + 1
    return {
        "exchange": one.ref,
        "side": one.side,
        "peer": one.peer,
        "state": one.state,
        "reason": one.reason,
        "asked_on": today(one.asked_at).isoformat(),
        "due_on": one.due_on.isoformat(),
        "question_digest": one.question_digest,
        "answer_digest": one.answer_digest,
        "heard": one.heard_at is not None,
        "said": said,
    }


def unheard(before: datetime) -> list[str]:
    """Exchanges whose last word the other side has not said it has, written before a moment."""
    sent = Q(side=Side.ASKING, state=State.ASKED) | Q(side=Side.ANSWERING, answered_at__isnull=False, heard_at__isnull=True)
    rows = PlaceExchange.objects.filter(sent).values_list("ref", flat=True)
    lately = set(
        Letter.objects.filter(way="out", exchange__in=list(rows))
        .filter(Q(at__gt=before) | Q(done_at__isnull=True))
        .values_list("exchange", flat=True)
    )
    return [ref for ref in rows if ref not in lately]


def to_answer_by_policy(on: date) -> list[tuple[str, str]]:
    """Questions from elsewhere that a standing answer covers whole: ref, and the standing answer."""
    rows = PlaceExchange.objects.filter(side=Side.ANSWERING, state=State.RECEIVED).order_by("id")
    found = [(one.ref, standing_for(one.peer, one.programme, set(one.datasets), on)) for one in rows]
    return [(ref, policy) for ref, policy in found if policy]


def already_asked(code: str, check: str) -> dict[str, str]:
    """Questions of a check that are in an exchange with a place already: question ref → exchange."""
    rows = PlaceExchange.objects.filter(side=Side.ASKING, peer=code, subject=check)
    return {wanted["item"]: one.ref for one in rows for wanted in one.question["wanted"]}


# ---- papers that travel -------------------------------------------------------------------------------------------------


def papers_to_travel(numbers: set[str]) -> dict[str, dict[str, Any]]:
    """What travels of each authorisation: number, days, what it allows, the digest of what was signed; not the paper itself."""
    found = {}
    for one in Authorisation.objects.filter(number__in=numbers):
        scans = office.papers(one.papers)
        signed = "\n".join([one.number, one.words, *sorted(paper.sha256 for paper in scans.values())])
        found[one.number] = {
            "number": one.number,
            "sha256": hashlib.sha256(signed.encode()).hexdigest(),
            "signed_on": today(one.from_at).isoformat(),
            "valid_until": one.until_on.isoformat() if one.until_on else None,
            "programmes": list(one.programmes),
            "datasets": list(one.datasets),
        }
    return found


def order_to_travel(number: str) -> dict[str, Any] | None:
    """What travels of a task order: number, who drafted and approved it (opaque), days, kinds of data."""
    one = TaskOrder.objects.filter(number=number, state="approved").first()
    if one is None:
        return None
    return {
        "number": one.number,
        "purpose": one.purpose,
        "drafted_by": one.drafted_by,
        "approved_by": one.decided_by,
        "valid_from": one.from_on.isoformat(),
        "valid_until": one.until_on.isoformat(),
        "datasets": list(one.datasets),
    }
