"""Reading 授权书: one paper with its evidence, those of a case, one's own; who signed, and what is still lacking."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from doudi.exchange import queries as exchange
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer
from doudi.office.queries import PaperRow, today
from doudi.registry import queries as registry
from doudi.verification.core import asked_datasets
from doudi.verification.core.basis import WHY_NOT, Ended, owed, terms
from doudi.verification.models import Authorisation
from doudi.verification.queries.basis import as_signed, signed_for


@dataclass(frozen=True, slots=True)
class AuthorisationRow:
    """One authorisation as people read it."""

    number: str
    subject: str  # the case
    area: str
    pid: str
    name: str
    role: str
    relation: str
    capacity: str
    signer: str
    signer_name: str
    programmes: tuple[str, ...]  # codes
    asks: tuple[str, ...]  # what is asked, in words
    way: str
    way_label: str
    typed_name: str
    papers: tuple[PaperRow, ...]
    owed: tuple[str, ...]  # what it still lacks, in words
    words: str  # the text that was signed
    from_at: datetime
    until_on: date | None
    handled_by: str  # in words: who took it down
    state: str  # standing | withdrawn | expired | members_changed | no_authorisation
    state_label: str
    ended_at: datetime | None
    ended_why: str  # a code of core.basis.Ended

    @property
    def holds(self) -> bool:
        return self.state == "standing"


def authorisation(number: str, viewer: Viewer, *, at: datetime) -> AuthorisationRow:
    """One authorisation, for a clerk; the page that shows it notes the look.

    :raises NotAllowed: no such paper, another area, or the post does not allow it
    """
    viewer.need("authorisation.read")
    row = Authorisation.objects.filter(number=number).first()
    if row is None or not viewer.sees(row.area):
        raise NotAllowed("没有这份授权书，或者不归您看。")
    return _rows([row], at)[0]


def my_authorisation(number: str, pid: str, *, at: datetime) -> AuthorisationRow:
    """One's own authorisation, or one signed for somebody as guardian.

    :raises NotAllowed: no such paper, or somebody else's
    """
    mine = registry.pids_of(pid)
    row = Authorisation.objects.filter(Q(pid__in=mine) | Q(signer__in=mine), number=number).first()
    if row is None:
        raise NotAllowed("没有这份授权书，或者不是您的。")
    return _rows([row], at)[0]


def my_authorisations(pid: str, *, at: datetime) -> tuple[AuthorisationRow, ...]:
    """One's own authorisations and those signed as guardian, latest first; only for the one signed in."""
    mine = registry.pids_of(pid)
    return _rows(Authorisation.objects.filter(Q(pid__in=mine) | Q(signer__in=mine)).order_by("-from_at", "-id"), at)


def authorisations(subject: str, *, at: datetime) -> tuple[AuthorisationRow, ...]:
    """Every authorisation of a case, oldest first, for the room that keeps the case; people see them through its pages."""
    return _rows(Authorisation.objects.filter(subject=subject).order_by("from_at", "id"), at)


def who_signed(subject: str, pids: Collection[str], *, at: datetime, role: str = "member") -> set[str]:
    """Which of these people's authorisations hold for a case at a moment; what they carry, `actions.basis.standing` says."""
    return set(signers(subject, pids, at=at, role=role))


def asked_places(programmes: Iterable[str], role: str = "member") -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Which departments are asked about a member or supporter for these programmes, each with what it is asked."""
    contracts, found = exchange.contracts(), dict[str, dict[str, None]]()
    for programme in programmes:
        for one in asked_datasets(programme, role):
            found.setdefault(contracts[one.dataset].department, {})[one.asks] = None
    return tuple((department, tuple(asks)) for department, asks in found.items())


def signers(subject: str, pids: Collection[str], *, at: datetime, role: str = "member") -> dict[str, str]:
    """Who signed for each of these people for a case, where it holds: themselves, or their guardian."""
    held = {pid: one.signer for (pid, of), one in signed_for(subject, at=at).items() if of == role}
    now = registry.standing_of({*pids, *held})
    signed = {now[pid]: signer for pid, signer in held.items()}
    return {pid: pid if signed[now[pid]] == now[pid] else signed[now[pid]] for pid in pids if now[pid] in signed}


def signed_cases(subjects: Collection[str], pid: str, *, at: datetime) -> set[str]:
    """For which of these cases somebody's authorisation holds."""
    on, mine = today(at), registry.pids_of(pid)
    rows = as_signed(Authorisation.objects.filter(subject__in=subjects, pid__in=mine), at)
    return {one.subject for one in rows if not one.standing(at, on)}


def still_signed(subjects: Collection[str]) -> list[str]:
    """Which of these cases hold authorisations that nobody ended."""
    rows = Authorisation.objects.filter(subject__in=subjects, ended_at=None).values_list("subject", flat=True)
    return sorted(set(rows))


def of_consents(refs: Collection[str]) -> dict[str, str]:
    """The number of the authorisation behind each plain yes (ref of registry's consent) that has one."""
    return dict(Authorisation.objects.filter(consent__in=refs).values_list("consent", "number"))


def _rows(found: Iterable[Authorisation], at: datetime) -> tuple[AuthorisationRow, ...]:
    rows, on, said = list(found), today(at), terms()
    papers = office.papers({ref for row in rows for ref in row.papers})
    clerks = office.clerk_names([row.handled_by.partition(":")[2] for row in rows if row.handled_by.startswith("clerk:")])
    asks = {one.dataset: one.asks for role in said.role for one in asked_datasets(role=role)}
    made = []
    for row, signed in zip(rows, as_signed(rows, at), strict=True):
        why = signed.standing(at, on)
        mine = tuple(papers[ref] for ref in row.papers)
        kind, _, who = row.handled_by.partition(":")
        made.append(
            AuthorisationRow(
                number=row.number,
                subject=row.subject,
                area=row.area,
                pid=row.pid,
                name=row.name,
                role=row.role,
                relation=row.relation,
                capacity=row.capacity,
                signer=row.signer,
                signer_name=row.signer_name,
                programmes=tuple(row.programmes),
                asks=tuple(asks[code] for code in row.datasets if code in asks),
                way=row.way,
                way_label=said.way[row.way],
                typed_name=row.typed_name,
                papers=mine,
                owed=owed(
                    way=row.way,
                    capacity=row.capacity,
                    relation=row.relation,
                    typed=bool(row.typed_name),
                    kinds={paper.kind for paper in mine},
                ),
                words=row.words,
                from_at=row.from_at,
                until_on=row.until_on,
                handled_by=clerks.get(who, "") if kind == "clerk" else "本人在手机上",
                state=why or "standing",
                state_label=(Ended(signed.ended_why).label if signed.ended_why else WHY_NOT[why]) if why else "有效",
                ended_at=signed.ended_at,
                ended_why=signed.ended_why,
            )
        )
    return tuple(made)
