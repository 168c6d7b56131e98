"""The parts of a person's page, in the order they stand. Each comes by itself, when it is scrolled to or opened by its link.

To put something on the page, add one `Part` to `PARTS`: its name in the address, its heading, the act a post needs to see it at
all, the template of its inside, and a function that reads what the template shows. The function gets an `Asked`: who looks, at
whom, for what. The page has already checked that the person lives in the viewer's area and that a purpose was stated; the look
is noted. A function that needs `PARTS`' types imports them under TYPE_CHECKING.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest

from doudi.office import queries as time
from doudi.office.core import Viewer
from doudi.registry.queries import PersonRow
from doudi.web.desk.feeds import corrections
from doudi.web.desk.pairs import sections as pairs
from doudi.web.desk.people import sections as register
from doudi.web.desk.person import sections


@dataclass(frozen=True, slots=True)
class Asked:
    """What a part is asked: by whom, about whom, at what moment, for what."""

    request: HttpRequest
    viewer: Viewer
    who: PersonRow
    at: datetime
    why: str
    on: date | None = None  # ?on=: what was true on this day; None: now
    known_on: date | None = None  # ?known_on=: what we knew at the end of this day; None: now

    @property
    def pid(self) -> str:
        return self.who.pid

    @property
    def today(self) -> date:
        return time.today(self.at)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the page."""

    name: str  # in the address: person/<pid>/part/<name>/
    label: str  # its heading
    act: str  # an act of the permission table; a post without it does not see the heading either
    template: str  # the inside, without heading
    context: Callable[[Asked], dict[str, Any]]
    note: str = ""  # a few words beside the heading
    aside: bool = False  # in the narrow column


PARTS: tuple[Part, ...] = (
    # the wide column: the person's life
    Part("home", "家里人", "person.read", "desk/person/_home.html", sections.home),
    Part("known", "知道些什么", "person.read", "desk/person/_known.html", sections.known, "没列出的就是不清楚，不是“没有”"),
    Part("differs", "各部门说得不一样的", "person.read", "desk/person/_differs.html", sections.differs),
    Part("rows", "各部门送来的原始行", "person.read", "desk/person/_rows.html", sections.rows),
    Part("identity", "号码、名字和记录的拆合", "person.read", "desk/pairs/_identity.html", pairs.identity),
    Part("unseen", "还不知道什么", "person.read", "desk/people/_unseen.html", register.unseen),
    Part("then", "某一天是什么样", "person.read", "desk/people/_then.html", register.then),
    # the narrow column: what is being done, and who looked
    Part("standing", "在哪一类，从哪天起", "person.read", "desk/people/_standing.html", register.standing, aside=True),
    Part("cases", "申请和救助", "case.read", "desk/person/_cases.html", sections.cases_, aside=True),
    Part("money", "发放", "payment.read", "desk/person/_money.html", sections.money, aside=True),
    Part("alerts", "预警", "alert.read", "desk/person/_alerts.html", sections.alerts, aside=True),
    Part("corrections", "校核申请", "correction.list", "desk/feeds/_about.html", corrections.about, aside=True),
    Part("requests", "本人对自己信息的请求", "request.list", "desk/person/_requests.html", sections.requests, aside=True),
    Part("consents", "本人同意过什么", "person.read", "desk/person/_consents.html", sections.consents, aside=True),
    Part("looks", "谁看过", "person.read", "desk/person/_looks.html", sections.looks, aside=True),
)


def parts_for(viewer: Viewer) -> list[Part]:
    """The parts a post may see."""
    return [part for part in PARTS if viewer.may(part.act)]
