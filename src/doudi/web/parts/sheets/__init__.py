"""Papers of the catalogue put together: for a case with what it knows, or empty for the village without signal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings

from doudi.casework.core.papers import Body, Paper, Part
from doudi.casework.queries import CasePage
from doudi.office import queries as office
from doudi.office.core import Viewer
from doudi.web.parts.sheets import asking, deciding, helping, looking
from doudi.web.parts.sheets.parts import Making


def office_of(area: str) -> str:
    """The county's office of a place, as letters are signed."""
    return f"{office.area_label(area[:6])}民政局"


def blank(paper: Paper, at: datetime) -> Body:
    """An empty form of the catalogue."""
    return _put_together(Making(paper, settings.SITE["office"], office.today(at), at))


def filled(paper: Paper, case: CasePage, viewer: Viewer, at: datetime) -> Body:
    """The paper of a case, with everything the case knows written in.

    :raises NotAllowed: the paper says something that did not happen yet, such as a certificate before the decision
    """
    return _put_together(Making(paper, office_of(case.area), office.today(at), at, case, viewer))


def _put_together(making: Making) -> Body:
    parts: list[Part] = []
    for name in making.paper.parts:
        parts += BLOCKS[name](making)
    body: Body = {"title": making.paper.label, "office": making.office, "parts": [one for one in parts if one]}
    body["signers"] = list(making.paper.signers)
    if making.paper.code in ("certificate", "recognition"):
        body["valid_until"] = (making.on + timedelta(days=deciding.CERTIFICATE_DAYS)).isoformat()
    return body


Block = Callable[[Making], list[Part]]
BLOCKS: dict[str, Block] = {
    "who": asking.who,
    "family": asking.family,
    "hardship": asking.hardship,
    "incomes": asking.incomes,
    "account": asking.account,
    "words": asking.words,
    "lines": asking.lines,
    "boxes": asking.to_tick,
    "received": asking.received,
    "asked": asking.asked,
    "kin": asking.kin,
    "survey": looking.survey,
    "county_survey": lambda making: looking.survey(making, "county"),
    "needs": looking.needs,
    "neighbours": looking.neighbours,
    "inquiries": looking.inquiries,
    "checked": looking.checked,
    "rechecks": looking.rechecks,
    "sums": deciding.sums,
    "opinion": deciding.opinion,
    "showing": deciding.showing,
    "objections": deciding.objections,
    "appraisals": deciding.appraisals,
    "consultations": deciding.consultations,
    "hearing": helping.hearing,
    "custody": helping.custody,
    "carer": helping.carer,
    "self_care": helping.self_care,
    "emergency": helping.emergency,
    "referrals": helping.referrals,
    "letter": deciding.letter,
    "certificate": deciding.certificate,
    "recognition": deciding.recognition,
}
