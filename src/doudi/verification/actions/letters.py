"""Writing letters between places: parts that come in, parts carried through for others, parts handed on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import Party
from doudi.verification.core import letters
from doudi.verification.core.letters import NotALetter
from doudi.verification.core.peers import RETRY, Relation, Way
from doudi.verification.gateways import own_keys
from doudi.verification.models import Letter, LetterPart
from doudi.verification.queries import peers as queries


def post(message: dict[str, Any], *, reader: str, exchange: str, at: datetime, clock: datetime) -> str:
    """Put a letter of ours into the tray of what goes out, sealed and signed; inside the act it tells about.

    :raises NotALetter: nothing may go to this place
    """
    key = queries.seal_key(reader, clock)
    if key is None:
        raise NotALetter(
            "no_peer", f"还不能给 {reader} 写信：名片没有登记、没有核对指纹，或已停用。", "请到“外地核对”登记并核对名片。"
        )
    own = own_keys.own_keys(clock)[0]
    parts = letters.write(message, writer=queries.own_code(), reader=reader, seal_to=key, sign_with=own.sign, at=clock)
    letter = Letter.objects.create(
        letter=parts[0].letter, way=Way.OUT, kind=message["kind"], exchange=exchange, writer=queries.own_code(), reader=reader,
        parts=len(parts), at=at,
    )  # fmt: skip
    LetterPart.objects.bulk_create([_kept(letter, one) for one in parts], batch_size=50)
    return letter.letter


def _kept(letter: Letter, part: letters.Part) -> LetterPart:
    return LetterPart(
        letter=letter,
        part=part.part,
        raw=part.as_sent(),
        digest=part.digest,
        signer=part.signer,
        created=part.created,
        nonce=part.nonce,
        signature=part.signature,
    )


@transaction.atomic
def take_part(*, raw: bytes, hop: str, by: Party, at: datetime, clock: datetime) -> tuple[str, bool]:
    """Take a part of a letter from the next place: for us, or to carry on. The same part again changes nothing.

    Before anything is kept, the writer's own signature is checked, and that a part for us opens. What is carried through
    cannot be opened here.

    :param hop: who hands it over, as its own signature of the request proved
    :param clock: the real time here
    :returns: the letter, and whether it is to us and now here whole
    :raises NotALetter: it is not taken; in words
    """
    part = letters.read_part(raw)
    found = queries.signer(part.signer, clock)
    if found is None or found[0] != part.writer:
        raise NotALetter("unknown_writer", f"没有登记 {part.writer} 的这把钥匙，或还没有核对指纹。", "请双方先核对名片。")
    letters.check(part, found[1], at=clock)
    ours = part.reader == queries.own_code()
    if ours:
        _from_whom(part, hop)
        letters.unseal(part, [one.seal for one in own_keys.own_keys(clock)])
    else:
        _may_carry(part, hop)
    letter = Letter.objects.select_for_update().filter(letter=part.letter).first()
    if letter is None:
        letter = Letter.objects.create(
            letter=part.letter,
            way=Way.IN if ours else Way.THROUGH,
            writer=part.writer,
            reader=part.reader,
            parts=part.parts,
            at=at,
        )
    elif (letter.writer, letter.reader, letter.parts) != (part.writer, part.reader, part.parts):
        raise NotALetter("other_letter", "这个编号的信来过，不是这一封。", "请用新的编号。")
    known = LetterPart.objects.filter(letter=letter, part=part.part).first()
    if known is not None and known.digest != part.digest:
        raise NotALetter("other_letter", "这一部分来过，内容不一样。", "请用新的编号重新写。")
    if known is None:
        LetterPart.objects.bulk_create([_kept(letter, part)])
        if part.part == 1 and not ours:
            detail = {"from": part.writer, "letter": part.letter, "parts": part.parts, "to": part.reader}
            office.record("verification.carry_letter", subject=f"letter:{part.letter}", by=by, at=at, detail=detail)
    here = LetterPart.objects.filter(letter=letter).count()
    return part.letter, ours and here == part.parts and letter.done_at is None


def _from_whom(part: letters.Part, hop: str) -> None:
    """A letter to us comes from its writer, or through a place its writer is reached through."""
    if hop == part.writer:
        return
    between = queries.peer(hop)
    if between is None or between.relation not in (Relation.UP, Relation.DOWN):
        raise NotALetter("wrong_way", f"{hop} 不替别的地方转信。", "请直接送，或经上级转。")


def _may_carry(part: letters.Part, hop: str) -> None:
    """We carry only for places below us, or to them, and only where we can hand it on."""
    next_one = queries.next_hop(part.reader)
    if next_one is None:
        raise NotALetter("no_way", f"我们送不到 {part.reader}。", "请核对收信地方的代码，或直接联系对方。")
    if next_one.code == hop:
        raise NotALetter("no_way", f"{part.reader} 要经 {hop} 才能到，不能再转回去。", "请直接送。")
    below = [one for one in (queries.peer(part.writer), queries.peer(part.reader)) if one and one.relation == Relation.DOWN]
    if not below:
        raise NotALetter("no_way", "两边都不是我们下级的地方，我们不转。", "请双方直接送，或经共同的上级转。")


@transaction.atomic
def mark_moved(*, letter: str, part: int, by: By, at: datetime) -> None:
    """Note that the next place has a part; the sealed bytes are not needed here any more. Whole letters leave a line."""
    row = LetterPart.objects.select_for_update(of=("self",)).select_related("letter").get(letter__letter=letter, part=part)
    if row.moved_at is not None:
        return
    row.moved_at, row.raw = at, None
    row.save(update_fields=["moved_at", "raw"])
    whole = row.letter
    moved = LetterPart.objects.filter(letter=whole, moved_at__isnull=False).count()
    if moved == whole.parts:  # of a letter carried through, parts may still come in
        whole.done_at, whole.problem, whole.next_try_at = at, "", None
        whole.save(update_fields=["done_at", "problem", "next_try_at"])
        detail = {"letter": letter, "parts": whole.parts, "to": whole.reader}
        office.record("verification.hand_letter", subject=whole.exchange or f"letter:{letter}", by=by, at=at, detail=detail)


@transaction.atomic
def mark_not_moved(*, letter: str, problem: str, again: bool, by: By, at: datetime, clock: datetime) -> None:
    """Note why a letter could not be handed over; it is tried again later, or given up when trying cannot help."""
    row = Letter.objects.select_for_update().get(letter=letter)
    if row.done_at is not None:
        return
    row.tries, row.problem = row.tries + 1, problem[:200]
    row.next_try_at = clock + timedelta(seconds=RETRY[min(row.tries, len(RETRY) - 1)])
    if not again:
        row.done_at = at
    row.save(update_fields=["tries", "problem", "next_try_at", "done_at"])
    if row.tries == 1 or not again:
        detail = {"given_up": not again, "letter": letter, "to": row.reader}
        office.record("verification.letter_waits", subject=row.exchange or f"letter:{letter}", by=by, at=at, detail=detail)
