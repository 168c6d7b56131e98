"""The door for other places: sealed letters, part by part. Who hands one over signs the request, who wrote it the letter."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from ninja import Field, NinjaAPI, Router, Schema
from ninja.security import APIKeyHeader

from doudi.exchange.core import signing
from doudi.exchange.core.signing import NotSigned
from doudi.office import queries as office
from doudi.verification import jobs
from doudi.verification.core.letters import NotALetter
from doudi.verification.queries import peers
from doudi.web.api import shapes
from doudi.web.api.signatures import asked, same_digest

router = Router(tags=["places"])


class Handed(APIKeyHeader):
    """`Signature-Input` and `Signature` (RFC 9421) of another place whose fingerprint was compared; `request.hop` is its code.

    A letter has its own number and is taken once, so a request sent again by whoever recorded it changes nothing.
    """

    param_name = "Signature-Input"
    act = "place.answer"

    def authenticate(self, request: HttpRequest, key: str | None) -> str:
        """Find out which place hands it over.

        :raises NotSigned: 401, in words: no or a wrong signature, an unknown place, a clock too far off
        """
        told, now = asked(request), office.clock()
        signature = signing.read(told.headers)
        found = peers.signer(signature.key_id, now)
        if found is None:
            raise NotSigned(
                "unknown_key",
                f"没有登记 {signature.key_id} 这把钥匙，或者还没有核对指纹、已停用。",
                "请把名片交给我们，双方打电话核对指纹。",
            )
        signing.check(signature, told, found[1], at=now)
        same_digest(signing.told_digest(told.headers.get("content-digest", "")), hashlib.sha256(request.body).digest())
        request.hop = found[0]  # type: ignore[attr-defined]
        return found[0]


class LetterTaken(Schema):
    """The part is kept; it need not be sent again."""

    letter: str = Field(description="the number of the letter")


@router.post(
    "letters",
    response={200: LetterTaken, 401: shapes.Problem, 403: shapes.Problem, 422: shapes.Problem},
    auth=Handed(),
    summary="Hand over a part of a letter from another place",
)
def letters(request: HttpRequest) -> dict[str, str]:
    """The body is the part itself, at most 1 MiB (docs/reference/places.md). A part sent twice changes nothing."""
    return {"letter": jobs.take_part(request.body, hop=request.hop)}


def say_refused(api: NinjaAPI) -> None:
    """Answer a letter that is not taken with the reason and what to do."""

    @api.exception_handler(NotALetter)
    def not_a_letter(request: HttpRequest, why: NotALetter) -> HttpResponse:
        status = 403 if why.reason in ("unknown_writer", "clock", "no_way") else 422
        return api.create_response(request, {"detail": why.message, "reason": why.reason, "fix": why.fix}, status=status)
