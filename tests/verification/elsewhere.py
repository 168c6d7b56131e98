"""Another place for tests in one process: its keys, its letters to us, what we wrote to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from doudi.office import queries as office
from doudi.office.core import Party
from doudi.office.models import JournalEntry
from doudi.verification import actions, jobs
from doudi.verification.core import cards, letters, peers
from doudi.verification.models import Letter, LetterPart, PlaceExchange
from doudi.verification.queries import peers as queries
from people import NOON

DATASETS = ["vehicle", "deposit"]


class Elsewhere:
    """A place that writes to us and reads what we write to it. A demo's clock stands still in these tests: at noon."""

    def __init__(self, code: str = "990200", label: str = "临江市民政局", *, known: bool = True, **more: Any) -> None:
        self.code, self.label, self.keys, self.known = code, label, cards.new_keys(), known
        self.address = more.pop("address", "https://there.example")
        if known:
            self.meet(**more)

    def card(self, **more: Any) -> str:
        given = {"place": self.code, "label": self.label, "address": self.address, "keys": self.keys} | more
        return cards.write_card(**given)

    def meet(self, *, relation: str = "beside", via: str = "", checked: bool = True, card: str = "") -> None:
        me = Party.system("peer")
        actions.add_peer(card=card or self.card(), relation=relation, via=via, by=me, at=NOON, clock=office.clock())
        if checked:
            actions.check_peer(code=self.code, fingerprint=queries.peer(self.code).fingerprint, by=me, at=NOON)

    def letter(self, message: dict[str, Any], *, to: str = "990101", seal_to: str = "", **more: Any) -> list[bytes]:
        own = seal_to or cards.read_card(queries.own_card(office.clock()))[0].seal
        given = {"writer": self.code, "reader": to, "seal_to": own, "sign_with": self.keys.sign, "at": office.clock()} | more
        return [part.as_sent() for part in letters.write(message, **given)]

    def write(self, message: dict[str, Any], *, hop: str = "", **more: Any) -> None:
        for raw in self.letter(message, **more):
            jobs.take_part(raw, hop=hop or self.code)

    def read(self) -> list[dict[str, Any]]:
        """Everything we wrote to this place, opened by it, oldest first."""
        found = []
        for letter in Letter.objects.filter(way="out", reader=self.code).order_by("id"):
            pieces = LetterPart.objects.filter(letter=letter).order_by("part")
            parts = [letters.read_part(bytes(piece.raw)) for piece in pieces]
            found.append(letters.join([letters.unseal(part, [self.keys.seal]) for part in parts]))
        return found

    def question(self, person: Any, *, ref: str = "e" + "1" * 32, **more: Any) -> dict[str, Any]:
        paper = {
            "number": "SQ2026000007", "sha256": "b" * 64, "signed_on": "2026-06-01", "valid_until": "2027-05-31",
            "programmes": ["dibao"], "datasets": DATASETS,
        } | more.pop("paper", {})  # fmt: skip
        given = {
            "exchange": ref, "writer": self.code, "reader": "990101", "office": self.label, "programme": "dibao",
            "basis": "consent", "order": None, "people": [peers.About(more.pop("name", person.name), person.citizen_no, paper)],
            "wanted": [peers.Wanted(f"q{at}", 0, code) for at, code in enumerate(DATASETS)],
            "due_on": (NOON + timedelta(days=14)).date(), "at": NOON,
        } | more  # fmt: skip
        return peers.question(**given)


def everything() -> tuple[int, int, int, list[Any]]:
    """What would change if anything did."""
    states = list(PlaceExchange.objects.order_by("id").values_list("ref", "state", "answer_digest", "heard_at"))
    return Letter.objects.count(), LetterPart.objects.count(), JournalEntry.objects.count(), states
