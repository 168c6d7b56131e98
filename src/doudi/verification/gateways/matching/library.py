"""OpenMined's PSI library, behind five functions. It is optional: only who matches needs it.

Why its compressed set (Golomb-coded) and not its raw one: the raw set has no false positives but is six times as large. With the
compressed one, on fewer than one of four million days on which a million numbers are asked of a list of a million, somebody is
wrongly named; and a person looks at every hit anyway. Bloom filters are larger for the same promise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from doudi.verification.core.matching import CannotMatch, wrong_at_most


def loaded() -> Any:
    """The library.

    :raises CannotMatch: it is not installed; says what to do
    """
    try:
        import private_set_intersection.python as psi
    except ImportError:
        raise CannotMatch(
            "no_library", "这台机器没有装隐私比对用的库 openmined-psi。", "请运行 bin/setup psi，再来一次。"
        ) from None
    return psi


def new_key() -> bytes:
    """A new secret key, for either side."""
    return loaded().server.CreateWithNewKey(True).GetPrivateKeyBytes()


def hidden_list(key: bytes, elements: Sequence[str], asked: int) -> bytes:
    """The list of the side that holds it, hidden under its key, for at most `asked` questions; about 0.1 ms of CPU each.

    :raises CannotMatch: too large to be counted
    """
    psi = loaded()
    setup = psi.server.CreateFromKey(key, True).CreateSetupMessage(
        wrong_at_most(len(elements), asked), asked, list(elements), psi.DataStructure.GCS
    )
    if setup.gcs.hash_range <= 0:
        raise CannotMatch("too_large", "名单和问的人太多，库数不过来。", "请分成几次问。")
    return setup.SerializeToString()


def hidden_questions(key: bytes, elements: Sequence[str]) -> bytes:
    """Elements of the asking side, hidden under its key, in their order."""
    return loaded().client.CreateFromKey(key, True).CreateRequest(list(elements)).SerializeToString()


def count_of(questions: bytes) -> int:
    """How many elements hidden questions hold.

    :raises CannotMatch: they cannot be read, or ask only for a count
    """
    request = loaded().Request()
    try:
        request.ParseFromString(questions)
    except Exception:  # protobuf's own error has no common public class over its backends
        raise CannotMatch("unreadable", "这一段问题读不出来。", "请原样再发一次。") from None
    if not request.reveal_intersection:
        raise CannotMatch("unreadable", "这里只答“是哪几个”，不答“有几个”。", "请用 reveal_intersection 问。")
    return len(request.encrypted_elements)


def hidden_again(key: bytes, questions: bytes) -> bytes:
    """The questions hidden a second time, under the answering side's key, in the same order.

    :raises CannotMatch: something among them is no point of the curve
    """
    psi = loaded()
    request = psi.Request()
    request.ParseFromString(questions)
    try:
        return psi.server.CreateFromKey(key, True).ProcessRequest(request).SerializeToString()
    except Exception as why:  # the library throws its C++ status as a plain exception
        raise CannotMatch("unreadable", f"这一段问题里有不是点的东西（{why}）。", "请原样再发一次。") from None


def in_both(key: bytes, hidden: bytes, answered: Sequence[bytes]) -> list[int]:
    """Positions of the asked elements that stand in the other side's list too.

    :raises CannotMatch: what came back cannot be read
    """
    psi = loaded()
    setup, together = psi.ServerSetup(), psi.Response()
    try:
        setup.ParseFromString(hidden)
        for one in answered:
            together.MergeFromString(one)
        return sorted(psi.client.CreateFromKey(key, True).GetIntersection(setup, together))
    except Exception as why:
        raise CannotMatch("unreadable", f"对方答的读不出来（{why}）。", "请从头再问一次。") from None
