"""Reading other places: who they are, their keys in force, what was asked and answered, what is on its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet

from doudi.exchange import queries as exchange
from doudi.office import queries as office
from doudi.verification.core import cards
from doudi.verification.core.peers import Relation
from doudi.verification.gateways import own_keys
from doudi.verification.models import (
    Letter,
    LetterPart,
    Peer,
    PeerKey,
    StandingAnswer,
)

PAGE = 50


@dataclass(frozen=True, slots=True)
class PeerRow:
    """Another place as it stands. `fingerprint` is of its newest keys."""

    code: str
    label: str
    relation: str
    relation_label: str
    address: str
    via: str
    fingerprint: str
    added_at: datetime
    added_by: str
    checked_at: datetime | None
    stopped_at: datetime | None

    @property
    def active(self) -> bool:
        """Whether letters go there and are taken from there."""
        return self.checked_at is not None and self.stopped_at is None


def own_card(at: datetime) -> str:
    """Our own card, to hand to other places; made with our keys, which are made at first use.

    :param at: the real time here
    :raises BadCard: the settings of our place cannot stand on a card; in words
    """
    kept = own_keys.own_keys(at)
    before = kept[1] if len(kept) > 1 else None
    return cards.write_card(**_own(), keys=kept[0], before=before)


def own_fingerprint(at: datetime) -> str:
    """The forty digits the other side must read out when they compare our card."""
    return cards.fingerprint(cards.read_card(own_card(at))[0])


def own_code() -> str:
    """Our own area code as a place."""
    return settings.PLACE["code"]


def own_place() -> str:
    """What other places call us."""
    return settings.PLACE["label"]


def _own() -> dict[str, str]:
    place = settings.PLACE
    return {"place": place["code"], "label": place["label"], "address": place["address"]}


def peers_known() -> list[PeerRow]:
    """Every other place, those in use first."""
    return [_peer(one) for one in Peer.objects.prefetch_related("keys").order_by("stopped_at", "code")]


def peer(code: str) -> PeerRow | None:
    """Another place by its area code, or None."""
    found = Peer.objects.prefetch_related("keys").filter(code=code).first()
    return _peer(found) if found else None


def _peer(one: Peer) -> PeerRow:
    newest = max(one.keys.all(), key=lambda key: key.pk)
    card = cards.Card(one.code, one.label, one.address, newest.sign_key, newest.seal_key)
    return PeerRow(
        code=one.code,
        label=one.label,
        relation=one.relation,
        relation_label=Relation(one.relation).label,
        address=one.address,
        via=one.via,
        fingerprint=cards.fingerprint(card),
        added_at=one.added_at,
        added_by=one.added_by,
        checked_at=one.checked_at,
        stopped_at=one.stopped_at,
    )


def _keys(at: datetime) -> QuerySet[PeerKey]:
    """Keys in force of places in use; `at` is the real time, which a demo's clock does not move."""
    still = Q(good_until__isnull=True) | Q(good_until__gt=at)
    return PeerKey.objects.filter(still, peer__checked_at__isnull=False, peer__stopped_at__isnull=True)


def signer(key_id: str, at: datetime) -> tuple[str, str] | None:
    """Whose signing key this is and the key itself; None when it belongs to no place in use, or was changed."""
    return _keys(at).filter(key_id=key_id).values_list("peer__code", "sign_key").first()


def seal_key(code: str, at: datetime) -> str | None:
    """The newest key to seal for a place, or None when nothing may go there."""
    return _keys(at).filter(peer__code=code).order_by("-pk").values_list("seal_key", flat=True).first()


def next_hop(code: str) -> PeerRow | None:
    """Who takes letters for a place: itself, or the place it is reached through; None when nobody in use does."""
    there = peer(code)
    if there is None or not there.active:
        return None
    if there.address:
        return there
    through = peer(there.via)
    return through if through is not None and through.active and through.address else None


def route(code: str) -> str:
    """How letters reach a place, in words."""
    hop = next_hop(code)
    if hop is None:
        return "现在送不到：还没有核对指纹、已停用，或经过的上级还没有登记"
    return "直接送" if hop.code == code else f"经{hop.label}转，{hop.label}读不到内容"


# ---- letters ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ToHand:
    """A part that waits to be handed to the next place."""

    letter: str
    part: int
    reader: str
    raw: bytes
    tries: int


def letters_waiting(at: datetime, *, limit: int = 200) -> list[str]:
    """Letters to hand over whose time has come, oldest first."""
    waiting = Letter.objects.filter(Q(next_try_at__isnull=True) | Q(next_try_at__lte=at), done_at__isnull=True)
    return list(waiting.filter(way__in=["out", "through"]).order_by("id").values_list("letter", flat=True)[:limit])


def asks(letter: str) -> str:
    """The exchange whose question a letter of ours carries; empty for every other letter."""
    found = Letter.objects.filter(letter=letter, way="out", kind="question").values_list("exchange", flat=True).first()
    return found or ""


def parts_waiting(letter: str) -> list[ToHand]:
    """The parts of a letter the next place does not have yet."""
    rows = LetterPart.objects.filter(letter__letter=letter, moved_at__isnull=True, raw__isnull=False).select_related("letter")
    return [ToHand(letter, one.part, one.letter.reader, bytes(one.raw), one.letter.tries) for one in rows.order_by("part")]


def letters_to_read() -> list[str]:
    """Letters to us that are here whole and were not opened yet."""
    coming = Letter.objects.filter(way="in", done_at__isnull=True).annotate(here=Count("pieces")).filter(here=F("parts"))
    return list(coming.order_by("id").values_list("letter", flat=True))


def letters_stuck() -> list[tuple[str, str, str, int]]:
    """Letters that could not be handed over so far: reader, letter, why, tries."""
    rows = Letter.objects.filter(way__in=["out", "through"]).exclude(problem="").order_by("-id")[:PAGE]
    return list(rows.values_list("reader", "letter", "problem", "tries"))


# ---- standing answers ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StandingRow:
    """What may be answered a place at once, and who decided so."""

    ref: str
    peer: str
    peer_label: str
    programmes: tuple[str, ...]
    datasets: tuple[str, ...]
    from_on: date
    to_on: date
    drafted_by: str
    approved_at: datetime | None
    ended_at: datetime | None


def standing_answers() -> list[StandingRow]:
    """Every standing answer, the newest first."""
    rows = list(StandingAnswer.objects.order_by("-id")[:200])
    labels = dict(Peer.objects.filter(code__in={one.peer for one in rows}).values_list("code", "label"))
    names = office.clerk_names([one.drafted_by.partition(":")[2] for one in rows])
    contracts = exchange.contracts()
    return [
        StandingRow(
            ref=one.ref,
            peer=one.peer,
            peer_label=labels.get(one.peer, one.peer),
            programmes=tuple(one.programmes),
            datasets=tuple(contracts[code].label if code in contracts else code for code in one.datasets),
            from_on=one.from_on,
            to_on=one.to_on,
            drafted_by=names.get(one.drafted_by.partition(":")[2], one.drafted_by),
            approved_at=one.approved_at,
            ended_at=one.ended_at,
        )
        for one in rows
    ]


def standing_for(code: str, programme: str, datasets: set[str], on: date) -> str:
    """The standing answer that covers all of a question, by its ref; empty when a person has to decide."""
    rows = StandingAnswer.objects.filter(peer=code, approved_at__isnull=False, ended_at__isnull=True)
    for one in rows.filter(from_on__lte=on, to_on__gte=on).order_by("id"):
        if programme in one.programmes and datasets <= set(one.datasets):
            return one.ref
    return ""
