"""Who signs for a case."""

from __future__ import annotations

from dataclasses import dataclass

from doudi.verification.queries import AuthorisationRow

SIGNED = frozenset({"signed", "owed", "not_needed"})


@dataclass(frozen=True, slots=True)
class Signatory:
    """Somebody whose authorisation a case needs, or needed."""

    ref: str  # of the member or supporter
    pid: str
    name: str
    relation_label: str
    role: str  # member | supporter
    age: int | None
    is_adult: bool
    is_applicant: bool
    state: str  # a key of WHY
    why: str  # in words: what is lacking
    paper: AuthorisationRow | None  # the latest, standing or ended
    place: str = ""

    @property
    def must_sign(self) -> bool:
        return self.state not in SIGNED


@dataclass(frozen=True, slots=True)
class SigningPage:
    """The authorisations of a case."""

    ref: str
    receipt: str
    programme: str
    programme_label: str
    area: str
    applicant_name: str
    open: bool  # whether somebody may still sign
    people: tuple[Signatory, ...]

    @property
    def waiting(self) -> tuple[Signatory, ...]:
        return tuple(one for one in self.people if one.must_sign)

    @property
    def owing(self) -> tuple[Signatory, ...]:
        return tuple(one for one in self.people if one.state == "owed")

    @property
    def members(self) -> tuple[Signatory, ...]:
        return tuple(one for one in self.people if one.role == "member")

    @property
    def supporters(self) -> tuple[Signatory, ...]:
        return tuple(one for one in self.people if one.role == "supporter")
