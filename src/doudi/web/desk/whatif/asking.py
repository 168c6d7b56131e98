"""What somebody asks for, read from the address, which can be kept and shared: a place, a reading, numbers for two scenarios."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, QueryDict

from doudi.monitoring import whatif
from doudi.monitoring.whatif import Change, Number, Place, Scenario, said

NAMES = {"a": "方案一", "b": "方案二"}
LARGEST_HOME = 8
# What policy officers change most; the rest stand below, by programme.
OFTEN = ("dibao_standard", "near_dibao_multiplier", "property_financial_months", "income_work_cost_month", "rigid_ratio",
         "tekun_living_standard", "dibao_round_up_to_yuan")  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One line of the form: a number, how it stands, what was typed."""

    number: Number
    now: str
    a: str
    b: str

    @property
    def key(self) -> str:
        return _key(self.number)

    @property
    def name(self) -> str:
        return f"{self.number.label}（{self.number.code_label}）" if self.number.code_label else self.number.label


@dataclass(frozen=True)
class Asking:
    """Everything an address says."""

    places: list[Place]
    place: Place
    on: date
    reading: str
    entries: list[Entry]
    scenarios: list[Scenario]
    show: str
    members: int
    kind: str
    query: str

    @property
    def often(self) -> list[dict[str, Any]]:
        """The lines of the form that are changed most, as one group."""
        rows = [entry for name in OFTEN for entry in self.entries if entry.number.parameter == name]
        return [{"label": "常改的数", "rows": rows, "open": True}] if rows else []

    @property
    def groups(self) -> list[dict[str, Any]]:
        """All other lines, by the first programme that reads them; what was typed in stands open."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            if entry.number.parameter not in OFTEN:
                found.setdefault(entry.number.programmes[0], []).append(entry)
        return [
            {"label": rows[0].number.programme_label, "rows": rows, "open": any(row.a or row.b for row in rows)}
            for rows in found.values()
        ]

    @property
    def more(self) -> bool:
        """Whether something is typed in that is not changed often."""
        return any(group["open"] for group in self.groups)


def _key(number: Number) -> str:
    return f"{number.parameter}.{number.code}" if number.code else number.parameter


def read(request: HttpRequest) -> Asking:
    """What the address asks for.

    :raises Http404: a place that is not this viewer's, or a choice that does not exist
    :raises NotPublished: there is no cycle to ask
    """
    asked: QueryDict = request.GET
    places = whatif.places(request.viewer)  # type: ignore[attr-defined]
    code = asked.get("area") or places[0].code
    place = next((one for one in places if one.code == code), None)
    reading = asked.get("reading") or "roll"
    if place is None or reading not in whatif.READINGS:
        raise Http404
    on = whatif.judged_on()
    entries = [
        Entry(one, said(one, one.now), *(asked.get(f"{side}.{_key(one)}", "").strip()[:40] for side in NAMES))
        for one in whatif.tried(place.code, on)
    ]
    scenarios = []
    for side, name in NAMES.items():
        typed = {entry: getattr(entry, side) for entry in entries}
        changes = tuple(
            Change(entry.number.parameter, entry.number.code, words)
            for entry, words in typed.items()
            if words and words != entry.now
        )
        if changes:
            scenarios.append(Scenario(name, changes))
    kinds = {entry.number.code for entry in entries if entry.number.parameter == "dibao_standard"}
    members, kind = asked.get("members", "3"), asked.get("kind", "")
    if not (members.isascii() and members.isdigit() and 1 <= int(members) <= LARGEST_HOME):
        raise Http404
    kind = kind if kind in kinds else next(iter(sorted(kinds, reverse=True)), "")
    kept = asked.copy()
    for name in [name for name, value in asked.items() if not value.strip()]:
        del kept[name]
    return Asking(places, place, on, reading, entries, scenarios, asked.get("show", ""), int(members), kind, kept.urlencode())
