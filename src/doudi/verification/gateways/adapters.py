"""How the outside is asked: what leaves the house, what may come back, and who carries it for each way.

Other ways of asking (another place, private matching) register their carrier here. A carrier sends and reads; it writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from doudi.verification.core import SourceRow, Way


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One question as it leaves. `ref` is its idempotency key: under the same ref a source answers alike."""

    ref: str
    round: int
    dataset: str
    pid: str
    name: str
    number: str
    role: str
    programme: str
    basis: str
    authorisation: str  # number of the paper, with consent
    task_order: str  # number of the order, with the statutory duty
    area: str
    asked_at: datetime
    due_at: datetime
    their_ref: str
    check: str
    was_sent: bool  # accepted before: look for its answer rather than ask


@dataclass(frozen=True, slots=True)
class Accepted:
    """Taken; the answer comes later."""

    their_ref: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer itself. `refs`: the source's own number of each row."""

    said: str
    why: str = ""
    as_of: date | None = None
    rows: Sequence[Mapping[str, Any]] = ()
    refs: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Not taken; ask again, not before so long."""

    why: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The source will not answer this question."""

    why: str = ""


Reply = Accepted | Answered | TryAgain | Refused


class SourceDown(Exception):
    """Nothing was taken: no connection, no sense, or it asks us to wait."""

    def __init__(self, why: str, after: timedelta | None = None) -> None:
        super().__init__(why)
        self.why, self.after = why, after


class Adapter(Protocol):
    """A carrier for one way of asking. One reply for each question, in their order.

    :raises SourceDown: nothing was taken
    """

    def send(self, source: SourceRow, questions: Sequence[Outgoing]) -> list[Reply]:
        """Ask; the same question may be sent again after a crash."""

    def poll(self, source: SourceRow, questions: Sequence[Outgoing]) -> list[Reply]:
        """Look for the answers of accepted questions. Accepted: not yet. TryAgain: not known there, ask again.

        Where answers only come by themselves there is nothing to look for.
        """


_carriers: dict[Way, Adapter] = {}


def register(way: Way, adapter: Adapter) -> None:
    """Let this carrier send for a way of asking."""
    _carriers[way] = adapter


def carrier(way: Way) -> Adapter | None:
    """Who sends for this way, or None: people do, or nobody is installed for it."""
    return _carriers.get(way)
