"""Writing: who may send data, their keys, and the numbers signed requests were sent with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from doudi.exchange import queries
from doudi.exchange.core import Door, signing
from doudi.exchange.models import Sender, SenderKey, UsedNonce
from doudi.office import actions as office
from doudi.office.actions import By, party
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need

OVERLAP = timedelta(days=7)  # how long the key before still opens, so that a sender can change over without a gap


@transaction.atomic
def keep_sender(
    *,
    code: str,
    label: str,
    department_code: str,
    datasets: Sequence[str],
    doors: Sequence[str],
    by: By,
    at: datetime,
    contact: str = "",
) -> Sender:
    """Register a sender, or write down anew what it may send and how; one that was stopped goes on.

    :raises NotAllowed: this clerk does not look after senders
    :raises ValueError: no such dataset, door or department; in words
    """
    need(by, "sender.keep", area=None, at=at)
    known = queries.contracts()
    if not label.strip() or not code:
        raise ValueError("要写发送方的代码和名称。")
    if unknown := [one for one in datasets if one not in known]:
        raise ValueError(f"没有这些数据集：{'、'.join(unknown)}。")
    if unknown := [one for one in doors if one not in list(Door)]:
        raise ValueError(f"没有这些送法：{'、'.join(unknown)}。")
    if not datasets or not doors:
        raise ValueError("至少选一种数据和一种送法。")
    if department_code not in {one.department_code for one in known.values()}:
        raise ValueError(f"契约里没有 {department_code!r} 这个部门。")
    found, _ = Sender.objects.update_or_create(
        code=code,
        defaults={
            "label": label.strip()[:60],
            "department_code": department_code,
            "datasets": sorted(set(datasets)),
            "doors": sorted(set(doors)),
            "contact": contact.strip()[:200],
            "kept_at": at,
            "kept_by": party(by),
            "stopped_at": None,
            "stopped_by": "",
        },
    )
    detail = {"datasets": found.datasets, "department": department_code, "doors": found.doors}
    office.record("exchange.keep_sender", subject=f"sender:{code}", by=by, at=at, detail=detail)
    return found


@transaction.atomic
def rotate_key(*, code: str, public_key: str, by: By, at: datetime, overlap: timedelta = OVERLAP) -> SenderKey:
    """Give a sender another public key to sign with; keys before it open for a while longer, or not at all.

    :raises NotAllowed: this clerk does not look after senders
    :raises ValueError: no such sender, not a public key, or a key that was used before; in words
    """
    need(by, "sender.keep", area=None, at=at)
    sender = Sender.objects.select_for_update().filter(code=code).first()
    if sender is None:
        raise ValueError(f"没有 {code!r} 这个发送方。")
    key_id = signing.key_id(public_key)
    if SenderKey.objects.filter(key_id=key_id).exists():
        raise ValueError("这把钥匙登记过了；换钥匙要用新的一把。")
    ends = at + overlap
    for old in SenderKey.objects.filter(sender=sender):
        if old.good_until is None or old.good_until > ends:
            old.good_until = ends
            old.save(update_fields=["good_until"])
    key = SenderKey.objects.create(sender=sender, key_id=key_id, public_key=public_key, added_at=at, added_by=party(by))
    detail = {"key": key_id, "others_until": ends.isoformat()}
    office.record("exchange.rotate_key", subject=f"sender:{code}", by=by, at=at, detail=detail)
    return key


@transaction.atomic
def stop_sender(*, code: str, by: By, at: datetime) -> Sender:
    """Let nothing more in from a sender, by no door and with no key, from now on.

    :raises NotAllowed: this clerk does not look after senders
    :raises ValueError: no such sender
    """
    need(by, "sender.keep", area=None, at=at)
    sender = Sender.objects.select_for_update().filter(code=code).first()
    if sender is None:
        raise ValueError(f"没有 {code!r} 这个发送方。")
    if sender.stopped_at is None:
        sender.stopped_at, sender.stopped_by = at, party(by)
        sender.save(update_fields=["stopped_at", "stopped_by"])
        office.record("exchange.stop_sender", subject=f"sender:{code}", by=by, at=at)
    return sender


@transaction.atomic
def use_nonce(*, key_id: str, nonce: str, by: Party, at: datetime) -> None:
    """Use up the number of a signed request. It leaves no line: what the request then does leaves its own.

    at: the real time here

    :raises NotSigned: it was used before
    """
    UsedNonce.objects.filter(used_at__lt=at - signing.REMEMBERED).delete()
    try:
        with transaction.atomic():
            UsedNonce.objects.create(key_id=key_id, nonce=nonce, used_at=at)
    except IntegrityError:
        raise signing.NotSigned(
            "replayed", "同一个签名的请求已经来过一次。", "每次请求都要换 nonce 重新签名；重发内容请用同一个 Idempotency-Key。"
        ) from None


def sender_may(code: str, door: Door, datasets: Sequence[str]) -> None:
    """Stop a sender who may not bring this in by this door.

    :raises NotAllowed: in words for the sender
    """
    sender = queries.sender(code)
    if sender is None or not sender.active:
        raise NotAllowed("这个发送方没有登记，或已经停用。请联系数据管理员。")
    if door not in sender.doors:
        raise NotAllowed(f"{sender.label}没有登记用“{Door(door).label}”送数据。请联系数据管理员。")
    if other := [code for code in datasets if code not in sender.datasets]:
        known = queries.contracts()
        labels = "、".join(known[code].label if code in known else code for code in other)
        raise NotAllowed(f"{sender.label}没有登记送{labels}。请联系数据管理员。")
