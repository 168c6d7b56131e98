"""Writing: other places and their keys, our own keys, and what may be answered them at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from doudi.exchange import queries as exchange
from doudi.exchange.core import signing
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, same_eyes
from doudi.verification.core import cards
from doudi.verification.core.cards import BadCard
from doudi.verification.core.peers import OVERLAP, Relation
from doudi.verification.gateways import own_keys
from doudi.verification.models import Peer, PeerKey, StandingAnswer
from doudi.verification.queries import peers as queries


@transaction.atomic
def add_peer(*, card: str, relation: str, via: str = "", by: By, at: datetime, clock: datetime) -> Peer:
    """Take in another place's card. It is not used before a second person has compared the fingerprint.

    A card with new keys that the key known so far vouches for needs no new comparison; the old keys count for a week more.

    :param via: the place letters go through, for one without an address of its own
    :param clock: the real time here
    :raises BadCard: the card cannot be taken; in words
    :raises NotAllowed: this clerk does not look after places
    """
    need(by, "place.keep", area=None, at=at)
    read, _ = cards.read_card(card)
    if read.place == queries.own_code():
        raise BadCard("这是我们自己的名片。请贴对方的。")
    if relation not in list(Relation):
        raise BadCard("要选对方是上级、下级还是外地。")
    if not read.address and not via:
        raise BadCard("对方没有写地址，要选信经过哪个上级转。")
    if via and (via == read.place or not Peer.objects.filter(code=via).exclude(address="").exists()):
        raise BadCard("经过的地方要先登记，而且要有地址。")
    peer = Peer.objects.select_for_update().filter(code=read.place).first()
    name = signing.key_id(read.sign)
    told = {"label": read.label, "relation": relation, "address": read.address, "via": "" if read.address else via}
    known = PeerKey.objects.filter(peer=peer).order_by("-pk").first() if peer else None
    same = known is not None and (known.sign_key, known.seal_key) == (read.sign, read.seal)
    vouched = known is not None and cards.read_card(card, known=known.sign_key)[1]
    if not same and PeerKey.objects.filter(key_id=name).exists():
        raise BadCard("这把钥匙登记过了；换钥匙要用新的。")
    if peer is None:
        peer = Peer.objects.create(code=read.place, added_at=at, added_by=office.party(by), **told)
    else:
        for field, value in told.items():
            setattr(peer, field, value)
        if not same:
            peer.added_at, peer.added_by = at, office.party(by)
        if not same and not vouched:
            peer.checked_at, peer.checked_by = None, ""
        peer.stopped_at, peer.stopped_by = None, ""
        peer.save()
    if not same:
        PeerKey.objects.filter(peer=peer, good_until__isnull=True).update(good_until=clock + OVERLAP if vouched else clock)
        PeerKey.objects.create(
            peer=peer, key_id=name, sign_key=read.sign, seal_key=read.seal, added_at=at, added_by=office.party(by)
        )
    detail = {"key": name, "relation": relation, "vouched": vouched, "via": peer.via}
    office.record("verification.add_peer", subject=f"place:{peer.code}", by=by, at=at, detail=detail)
    return peer


@transaction.atomic
def check_peer(*, code: str, fingerprint: str, by: By, at: datetime) -> Peer:
    """Note that the forty digits were compared with the other side, read out over a telephone known before.

    :raises NotAllowed: the digits differ, no such place, the same clerk took the card in, or this clerk may not
    """
    need(by, "place.check", area=None, at=at)
    peer = Peer.objects.select_for_update().filter(code=code).first()
    row = queries.peer(code)
    if peer is None or row is None:
        raise NotAllowed("没有登记这个地方。请先贴它的名片。")
    who = office.party(by)
    if who == peer.added_by and who.startswith("clerk:"):
        raise NotAllowed("名片是您登记的，指纹要由另一个人打电话核对。")
    if not cards.same_fingerprint(fingerprint, row.fingerprint):
        raise NotAllowed("指纹对不上。不要用这张名片：请打您原来就知道的电话，向对方重新要。")
    if peer.checked_at is None:
        peer.checked_at, peer.checked_by = at, who
        peer.save(update_fields=["checked_at", "checked_by"])
    office.record("verification.check_peer", subject=f"place:{code}", by=by, at=at, detail={"fingerprint": row.fingerprint})
    return peer


@transaction.atomic
def stop_peer(*, code: str, by: By, at: datetime) -> Peer:
    """Let nothing go to a place and take nothing from it any more, from now on.

    :raises NotAllowed: no such place, or this clerk does not look after places
    """
    need(by, "place.keep", area=None, at=at)
    peer = Peer.objects.select_for_update().filter(code=code).first()
    if peer is None:
        raise NotAllowed("没有登记这个地方。")
    if peer.stopped_at is None:
        peer.stopped_at, peer.stopped_by = at, office.party(by)
        peer.save(update_fields=["stopped_at", "stopped_by"])
        office.record("verification.stop_peer", subject=f"place:{code}", by=by, at=at)
    return peer


@transaction.atomic
def change_own_keys(*, by: By, at: datetime, clock: datetime) -> str:
    """Make new keys of our own. The new card is vouched for by the old key; letters sealed to the old one open for a week more.

    :param clock: the real time here
    :returns: the new card, to hand to every other place
    :raises NotAllowed: this clerk does not look after places
    """
    need(by, "place.keep", area=None, at=at)
    own_keys.own_keys(clock)  # a pair there must be, so that the new one can be vouched for
    made = own_keys.change(clock, overlap_until=clock + OVERLAP)
    office.record(
        "verification.change_own_keys", subject="place:own", by=by, at=at, detail={"key": signing.key_id(made.public[0])}
    )
    return queries.own_card(clock)


@transaction.atomic
def draft_standing_answer(
    *, peer: str, programmes: Sequence[str], datasets: Sequence[str], from_on: date, to_on: date, by: By, at: datetime
) -> StandingAnswer:
    """Propose that questions of a place, for these programmes and kinds of data, are answered by our own sources at once.

    :raises NotAllowed: no such place or kind of data, days that make no sense, or this clerk may not
    """
    need(by, "place.standing", area=queries.own_code(), at=at)
    if queries.peer(peer) is None:
        raise NotAllowed("没有登记这个地方。")
    if not programmes or not datasets or set(datasets) - set(exchange.contracts()):
        raise NotAllowed("要选救助项目和数据种类。")
    if from_on > to_on:
        raise NotAllowed("结束的一天不能早于开始的一天。")
    made = StandingAnswer.objects.create(
        peer=peer, programmes=sorted(set(programmes)), datasets=sorted(set(datasets)), from_on=from_on, to_on=to_on,
        drafted_at=at, drafted_by=office.party(by),
    )  # fmt: skip
    detail = {"datasets": made.datasets, "from": from_on.isoformat(), "peer": peer, "programmes": made.programmes}
    told = detail | {"to": to_on.isoformat()}
    office.record("verification.draft_standing_answer", subject=made.ref, by=by, at=at, detail=told)
    return made


@transaction.atomic
def approve_standing_answer(*, ref: str, by: By, at: datetime) -> StandingAnswer:
    """Put a standing answer in force; by another person than who proposed it.

    :raises NotAllowed: no such proposal, one's own, one that was ended, or this clerk may not
    """
    need(by, "place.standing", area=queries.own_code(), at=at)
    found = StandingAnswer.objects.select_for_update().filter(ref=ref, ended_at__isnull=True).first()
    if found is None:
        raise NotAllowed("没有这条，或者已经停了。")
    if same_eyes(by, at).did(found.drafted_by, found.drafted_at):
        raise NotAllowed("要由另一个人批准。")
    if found.approved_at is None:
        found.approved_at, found.approved_by = at, office.party(by)
        found.save(update_fields=["approved_at", "approved_by"])
        office.record("verification.approve_standing_answer", subject=ref, by=by, at=at)
    return found


@transaction.atomic
def end_standing_answer(*, ref: str, by: By, at: datetime) -> StandingAnswer:
    """Stop a standing answer; from now on a person decides again.

    :raises NotAllowed: no such one, or this clerk may not
    """
    need(by, "place.standing", area=queries.own_code(), at=at)
    found = StandingAnswer.objects.select_for_update().filter(ref=ref).first()
    if found is None:
        raise NotAllowed("没有这条。")
    if found.ended_at is None:
        found.ended_at, found.ended_by = at, office.party(by)
        found.save(update_fields=["ended_at", "ended_by"])
        office.record("verification.end_standing_answer", subject=ref, by=by, at=at)
    return found
