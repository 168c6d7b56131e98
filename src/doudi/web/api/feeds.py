"""The doors by which departments' systems send: rows, files piece by piece, receipts. Every request is signed."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest
from ninja import Header, Path, Router
from ninja.errors import HttpError

from doudi.exchange import jobs as exchange
from doudi.exchange import queries
from doudi.exchange.core import Door, Promise
from doudi.office import queries as office
from doudi.office.core import Party
from doudi.web.api import shapes
from doudi.web.api.signatures import Signed, same_digest

router = Router(tags=["feeds"])
REFUSALS = {401: shapes.Problem, 409: shapes.Problem, 422: shapes.Problem}
KEY = Header(..., alias="Idempotency-Key", description="your own number of this batch or file, at most 80 characters")


@router.post("{dataset}/rows", response={200: shapes.Received, **REFUSALS}, auth=Signed(Door.PUSH), summary="Push rows to a feed")
def push_rows(
    request: HttpRequest,
    batch: shapes.Batch,
    dataset: str = Path(..., description="a code of `doudi feeds contracts`"),
    idempotency_key: str = KEY,
) -> dict[str, Any]:
    """Take in rows, typed and checked like files. Every bad row is answered with its field, the reason and a way to fix it."""
    sender = request.sender.code
    done = exchange.push_rows(
        dataset,
        batch.rows,
        sender=sender,
        batch_key=idempotency_key,
        by=Party.sender(sender),
        at=office.now(),
        as_of=batch.as_of,
        door=Door.PUSH,
    )
    load = done.load
    return {
        "dataset": load.dataset,
        "batch": load.pk,
        "receipt": done.receipt.number,
        "already_received": done.already_loaded,
        "rows": load.rows,
        "accepted": load.accepted,
        "rejected": load.rejected,
        "repeated": load.repeated,
        "answers": done.rows,
    }


@router.post("uploads", response={200: shapes.UploadState, **REFUSALS}, auth=Signed(Door.PUSH), summary="Begin to send a file")
def open_upload(request: HttpRequest, file: shapes.NewUpload, idempotency_key: str = KEY) -> dict[str, Any]:
    """Begin to send a file of up to 64 GB. The same key with the same file again answers the same upload, at whatever stage."""
    sender = request.sender.code
    upload = exchange.open_upload(
        sender=sender,
        door=Door.PUSH,
        key=idempotency_key,
        file_name=file.file_name,
        size=file.size,
        promise=Promise(
            dataset=file.dataset,
            as_of=file.as_of,
            rows=file.rows,
            sha256=file.sha256,
            part=file.part or None,
            kind=file.kind,
            unchanged=file.unchanged,
        ),
        by=Party.sender(sender),
        at=office.now(),
    )
    return _state(upload)


@router.get("uploads/{ref}", response={200: shapes.UploadState, **REFUSALS}, auth=Signed(Door.PUSH), summary="How far a file is")
def upload(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Where to go on after an interruption: send the next piece from `offset`."""
    return _state(_theirs(request, ref))


@router.patch(
    "uploads/{ref}",
    response={200: shapes.UploadState, **REFUSALS},
    auth=Signed(Door.PUSH, streamed=True),
    summary="Send a piece of a file",
)
def add_piece(
    request: HttpRequest,
    ref: str,
    upload_offset: int = Header(..., alias="Upload-Offset", ge=0, description="where in the file this piece begins"),
) -> dict[str, Any]:
    """The body is the piece itself, at most 16 MiB; Content-Digest is its SHA-256. A piece sent twice changes nothing."""
    found = _theirs(request, ref)
    piece = request.read(exchange.LARGEST_PIECE + 1)
    if len(piece) > exchange.LARGEST_PIECE:
        raise exchange.Refused("piece_too_large", "这一段超过 16 MiB。", "请分成小一点的段。")
    same_digest(request.digest, hashlib.sha256(piece).digest())
    offset = exchange.add_piece(found, offset=upload_offset, piece=piece)
    return _state(found) | {"offset": offset}


@router.post(
    "uploads/{ref}/complete", response={200: shapes.Receipt, **REFUSALS}, auth=Signed(Door.PUSH), summary="The file is complete"
)
def complete(request: HttpRequest, ref: str) -> dict[str, Any]:
    """Check the whole file's SHA-256, take it in, answer with its receipt. Ask again as often as you like: the same receipt."""
    found = _theirs(request, ref)
    return exchange.take_in(found, by=Party.sender(found.sender), at=office.now()).machine()


@router.get(
    "receipts/{number}",
    response={200: shapes.Receipt, 404: shapes.Problem, **REFUSALS},
    auth=Signed(Door.PUSH),
    summary="A receipt",
)
def receipt(request: HttpRequest, number: str) -> dict[str, Any]:
    """One of your own receipts by its number: what was taken, what was not, why, and what to do."""
    found = queries.receipt_of(number, request.sender.code)
    if found is None:
        raise HttpError(404, "您没有这个号的收据。")
    return found.machine()


def _theirs(request: HttpRequest, ref: str) -> queries.UploadRow:
    found = queries.upload(ref, request.sender.code)
    if found is None:
        raise exchange.Refused("no_upload", "没有这个上传。", "请核对地址，或重新开始上传。")
    return found


def _state(upload: queries.UploadRow) -> dict[str, Any]:
    return {
        "ref": upload.ref,
        "file_name": upload.file_name,
        "size": upload.size,
        "offset": exchange.here(upload),
        "receipt": upload.receipt.number if upload.receipt else "",
    }
