"""A household as rules see it: facts by name, members with facts by name; what is not there is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Value = bool | int | str | date | None
"""A fact: flag, count or money in fen, code, date. None is unknown, never "no" and never zero."""

Facts = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Member:
    """One person living in the household, with the person facts of the catalogue."""

    pid: str
    facts: Facts = field(default_factory=dict)
    relation: str | None = None
    name: str = ""  # as it may be shown to whoever asked; rules never see it


@dataclass(frozen=True, slots=True)
class Household:
    """One household with the household facts of the catalogue. No members listed means: who lives there is not known."""

    hid: str
    area: str
    facts: Facts = field(default_factory=dict)
    members: tuple[Member, ...] = ()

    def member(self, pid: str) -> Member:
        """The member with this pid.

        :raises KeyError: nobody of this household
        """
        for member in self.members:
            if member.pid == pid:
                return member
        raise KeyError(pid)
