"""What a random act of casework, payment or services is done with: who, when, on which row, with which words.

Every act is found by looking; its arguments are drawn by their names, else by their types. An argument neither names nor types
tell how to draw has to be taught here (`test_every_act_can_be_tried`).
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import ModuleType
from typing import Any

from django.apps import apps

import people
import walk
from doudi.casework import actions as casework
from doudi.casework.actions.adjusting import Asked
from doudi.casework.actions.consulting import Spoke
from doudi.casework.core import causes, collective, doors, papers, words
from doudi.casework.core.asking import Photo
from doudi.casework.core.causes import CAUSES
from doudi.casework.core.causes import KINDS as CHANGES
from doudi.casework.core.collective import Votes
from doudi.casework.models import CaseMember, Question
from doudi.office import queries as office
from doudi.office.core import Party, Role, Viewer
from doudi.office.models import Clerk, Post
from doudi.payment import actions as payment
from doudi.payment.models import Line, Run
from doudi.services import actions as services
from doudi.services import core as catalogue
from doudi.services.actions import Said
from services.others import helper

ROOMS: dict[str, ModuleType] = {"casework": casework, "payment": payment, "services": services}
PNG = bytes.fromhex("89504e470d0a1a0a")


def acts() -> dict[tuple[str, str], Callable[..., Any]]:
    """Every public act of the rooms, by room and name."""
    found = {}
    for room, module in ROOMS.items():
        for name in module.__all__:
            act = getattr(module, name)
            if inspect.isfunction(act):
                found[room, name] = act
    return found


@dataclass
class Stage:
    """Everybody who may try something, and the day it is."""

    chance: random.Random
    at: datetime = people.NOON
    clerks: list[Clerk] = field(default_factory=list)
    residents: list[str] = field(default_factory=list)

    @classmethod
    def set(cls, chance: random.Random) -> Stage:
        """People of all roles here and elsewhere, two families, one application."""
        people.places()
        stage = cls(chance)
        here = [people.clerk_li(), walk.helper_qian(), people.officer_zhao(), people.director_lin(), people.worker_wang()]
        here += [people.clerk("sunli", "孙丽", Role.COUNTY, people.COUNTY), people.auditor_chen(), people.checker_he()]
        here += [people.keeper_wu(), helper("education"), helper("housing")]
        roles = (Role.TOWNSHIP, Role.COUNTY, Role.DIRECTOR, Role.VILLAGE)
        away = [people.clerk(f"away-{role}", "外县的人", role, people.OTHER_COUNTY) for role in roles]
        stage.clerks = [*here, *away, people.clerk_sun(), helper("education", people.OTHER_COUNTY)]
        stage.residents = [people.granny_wang().pid, people.uncle_zhou().pid, people.grandson_wang().pid]
        walk.applied(stage.residents[0], stage.at)
        return stage

    def one(self, of: Any) -> Any:
        """One of several, by chance; None of nothing."""
        listed = list(of)
        return self.chance.choice(listed) if listed else None

    def who(self) -> Clerk | Party:
        """Mostly clerks; sometimes a resident, a job, or somebody who is nobody."""
        throw = self.chance.random()
        if throw < 0.5:
            return self.one(self.clerks[:5])  # those whose work it is
        if throw < 0.75:
            return self.one(self.clerks)
        if throw < 0.9:
            return Party.resident(self.one(self.residents))
        return self.one([Party.system("somebody"), Party.resident("p" + "0" * 20), Party.sender("nobody")])

    # ---- rows -----------------------------------------------------------------------------------------------------------

    def ref(self, hint: str) -> str:
        """The ref of a row, mostly of the kind an argument asks for; sometimes of another, or of nothing."""
        throw = self.chance.random()
        if throw < 0.05:
            return "nothing"
        tables = TABLES.get(hint) if throw < 0.9 else None
        names = tables or ALL_TABLES
        for _ in range(4):
            model = apps.get_model(self.one(names))
            column = COLUMN.get(model._meta.label, "ref")
            found = self.one(model._default_manager.order_by("-pk").values_list(column, flat=True)[:6])
            if found:
                return found
        return "nothing"

    def arguments(self, room: str, name: str, act: Callable[..., Any]) -> dict[str, Any]:
        """What an act is done with.

        :raises KeyError: an argument nobody taught how to draw
        """
        drawn = {}
        for argument in inspect.signature(act).parameters.values():
            key = argument.name
            optional = argument.default is not argument.empty
            if optional and key not in ("by", "at") and self.chance.random() < 0.4:
                continue
            value = self.draw(room, name, key, str(argument.annotation), optional)
            if value is not LEAVE_OUT:
                drawn[key] = value
        return drawn

    def draw(self, room: str, name: str, key: str, kind: str, optional: bool) -> Any:
        """One argument: taught by act and name, by name, or else by its type."""
        for named in (f"{name}.{key}", key):
            if named in CODES:
                return self.one(CODES[named]) if self.chance.random() < 0.9 else self.one(WORDS)
            if named in TAUGHT:
                return TAUGHT[named](self)
        if key in TABLES or f"{name}.{key}" in TABLES or (key == "ref"):
            return self.ref(f"{name}.{key}" if f"{name}.{key}" in TABLES else key if key != "ref" else f"{room}.ref")
        if optional:
            return LEAVE_OUT
        for beginning, plain in PLAIN.items():
            if kind.startswith(beginning):
                return plain(self)
        raise KeyError(f"{room}.{name}: nobody taught how to draw {key}: {kind}")


LEAVE_OUT = object()
COLUMN: dict[str, str] = {}
ALL_TABLES = ("casework.Case", "casework.Benefit", "payment.Run", "payment.Line", "services.Referral", "casework.Question")
# Which rows an argument of that name (or of one act) asks for.
TABLES: dict[str, tuple[str, ...]] = {
    "casework.ref": ("casework.Case",),
    "payment.ref": ("payment.Run", "payment.Run", "payment.Hold", "payment.Claim", "payment.Arrival", "payment.AccountChange"),
    "services.ref": ("services.Referral",),
    "clock": ("casework.RunningClock",), "question": ("casework.Question",), "member": ("casework.CaseMember",),
    "supporter": ("casework.Supporter",), "benefit": ("casework.Benefit",), "line": ("payment.Line",),
    "call_review.ref": ("casework.Benefit",), "open_review.ref": ("casework.Benefit",), "close_review.ref": ("casework.Review",),
    "decide_adjustment.ref": ("casework.Adjustment",), "drop_adjustment.ref": ("casework.Adjustment",),
    "invite.ref": ("casework.Adjustment",),
    "record_hearing.ref": ("casework.Adjustment",), "answer_invitation.ref": ("casework.Invitation",),
    "leave_happening.ref": ("casework.Happening",), "happening": ("casework.Happening",), "follow_up.ref": ("casework.FollowUp",),
    "case": ("casework.Case",), "appraisal": ("casework.Appraisal",), "seat": ("casework.Seat",),
    "consultation": ("casework.Consultation",), "inquiry": ("casework.Inquiry",), "request": ("casework.PlaceRequest",),
    "sheet": ("casework.Sheet",), "agreement": ("casework.Agreement",), "keep_survey_paper.survey": ("casework.Survey",),
    "leave_unsigned.survey": ("casework.Survey",),
    "read_rest.ref": ("casework.PaperForm",), "type_form.ref": ("casework.PaperForm",), "drop_form.ref": ("casework.PaperForm",),
    "ring_back.ref": ("casework.Call",), "apply_for_caller.ref": ("casework.Call",),
    "settle_offer.ref": ("casework.OutreachOffer",), "miss_offer.ref": ("casework.OutreachOffer",),
    "submit.ref": ("casework.Draft",), "drop_draft.ref": ("casework.Draft",), "save_account.ref": ("casework.Draft",),
    "save_hardships.ref": ("casework.Draft",), "save_incomes.ref": ("casework.Draft",), "save_members.ref": ("casework.Draft",),
    "save_programmes.ref": ("casework.Draft",),
    "approve.ref": ("payment.Run",), "send.ref": ("payment.Run",), "read_returns.ref": ("payment.Run",),
    "draw_arrivals.ref": ("payment.Run",), "release.ref": ("payment.Hold",), "settle_unmatched.ref": ("payment.Unmatched",),
    "agree_account.ref": ("payment.AccountChange",), "hear_account.ref": ("payment.AccountChange",),
    "stop_account.ref": ("payment.AccountChange",), "answer_arrival.ref": ("payment.Arrival",),
    "settle_arrival.ref": ("payment.Arrival",), "decide_claim.ref": ("payment.Claim",), "ease_claim.ref": ("payment.Claim",),
    "waive_claim.ref": ("payment.Claim",), "pay_back.ref": ("payment.Claim",),
}  # fmt: skip

WORDS = ("上门看过了", "收入低于标准", " ", "", "1" * 20, "王家的事，" * 12)


def _number(stage: Stage) -> str:
    return people.number_of("220102", date(1975, 5, stage.chance.randint(1, 9)), 7)


def _day(stage: Stage) -> date:
    return (stage.at + timedelta(days=stage.chance.choice((-40, -3, -1, 0, 0, 1, 30)))).date()


def _fen(stage: Stage) -> int:
    return stage.chance.choice((-1, 0, 1, 100, 46850, 138000, 10**7))


def _returns(stage: Stage) -> bytes:
    """What a bank might answer: right, half right, made up."""
    run = stage.one(Run.objects.all())
    lines = Line.objects.filter(run=run) if run is not None else []
    text = "行号,结果,金额,原因\n"
    for line in lines:
        fen = line.amount_fen if stage.chance.random() < 0.9 else line.amount_fen + 1
        said = stage.chance.choice(("成功", "成功", "失败,户名不符"))
        result, _, why = said.partition(",")
        text += f"{line.ref},{result},{fen // 100}.{fen % 100:02d},{why}\n"
    return text.encode()


def _viewer(stage: Stage) -> Viewer | None:
    return office.viewer(stage.one(stage.clerks), "case.read", stage.at)


def _asked(stage: Stage) -> Asked:
    """A change somebody might propose; half of them fit their cause."""
    if stage.chance.random() < 0.5:
        return fitting(stage)
    return Asked(
        kind=stage.one(list(CHANGES)), cause=stage.one(list(CAUSES)), reason=stage.one(WORDS), on=_day(stage),
        pid=stage.one(stage.residents),
        figure_fen=_fen(stage), months=stage.chance.randint(0, 7), until_month=_day(stage).replace(day=1),
    )  # fmt: skip


def fitting(stage: Stage) -> Asked:
    """A change that fits its cause: more or less money earned, a death some time ago, not cooperating, their own wish."""
    today = stage.at.date()
    before = today - timedelta(days=stage.chance.choice((0, 3, 40, 70)))
    return stage.one([
        Asked(kind="change", cause="income_up", reason="找到活了", on=before, figure_fen=stage.chance.choice((20000, 60000))),
        Asked(kind="change", cause="income_down", reason="活没了", on=before, figure_fen=0),
        Asked(kind="change", cause="death", reason="去世了", on=before, pid=stage.one(stage.residents)),
        Asked(kind="suspend", cause="not_cooperating", reason="不配合", until_month=(today + timedelta(days=65)).replace(day=1)),
        Asked(kind="end", cause="own_wish", reason="不想领了"),
    ])  # fmt: skip


def _list_of_people(stage: Stage) -> bytes:
    """A department's list: right, of a stranger, or with an empty row."""
    rows = stage.one(["", "王桂兰," + people.number_of(people.VILLAGE, date(1948, 3, 5), 22), f"某人,{_number(stage)}", ","])
    return f"姓名,身份证号\n{rows}\n".encode()


# The codes an argument may be; one time in ten it is none of them.
CODES: dict[str, tuple[str, ...]] = {
    name: tuple(codes)
    for name, codes in {
        "topic": doors.CALL_TOPICS, "mood": doors.CALL_MOODS, "drop_form.why": doors.FORM_DROPPED,
        "role": collective.SURVEY_PAPERS, "leave_unsigned.why": collective.UNSIGNED,
        "hear_neighbour.relation": collective.NEIGHBOURS,
        "call_appraisal.why": collective.APPRAISAL_CAUSES, "recuse.why": collective.RECUSALS,
        "consult.outcome": collective.CONSULTATION_OUTCOMES, "form": words.SUPPORT_FORMS,
        "keep_agreement.kind": words.AGREEMENTS, "ask_elsewhere.kind": words.ELSEWHERE, "refusal": words.REFUSALS,
        "record_hearing.outcome": causes.HEARD, "invite.way": causes.WAYS, "answer_invitation.answer": causes.ANSWERS,
        "tell_happening.kind": causes.CAUSES, "tell_happening.channel": causes.CHANNELS,
        "record_offer.answer": ("taken", "good_reason", "refused"),
        "follow_up.outcome": ("fine", "struggling", "fallen_back", "not_reached"), "follow_up.way": ("call", "visit"),
        "band": words.BANDS, "help_first.kind": words.EMERGENCIES, "legible": papers.LEGIBLE, "serve_letter.way": papers.WAYS,
        "code": papers.catalogue(), "keeps": papers.keeps(), "settle_offer.state": ("begun", "declined", "helped", "away"),
        "take_list.channel": ("list", "referral"), "add_supporter.relation": words.KIN,
        "answer_arrival.answer": ("yes", "no", "unsure", "unreached"),
        "answer_arrival.channel": ("sms", "phone", "village", "self"),
        "decide_claim.way": ("at_once", "instalments", "waive"), "content_type": ("image/png", "image/jpeg", "application/pdf"),
        "name": ("hh_income_year", "hh_assets", "王桂兰"), "article": ("LAW Art. 18", "D57 Art. 10"),
    }.items()
}  # fmt: skip
PROGRAMMES = ("dibao", "near_dibao", "rigid_expenditure", "temporary_expenditure")
TAUGHT: dict[str, Callable[[Stage], Any]] = {
    "by": lambda stage: stage.who(),
    "at": lambda stage: stage.at,
    "pid": lambda stage: stage.one([*stage.residents, "p" + "0" * 20]),
    "version": lambda stage: stage.one([1, 2, 3, 4, 5]),
    "county": lambda stage: stage.one([people.COUNTY, people.COUNTY, people.OTHER_COUNTY]),
    "township": lambda stage: stage.one([people.TOWNSHIP, people.OTHER_TOWNSHIP]),
    "area": lambda stage: stage.one([people.VILLAGE, people.TOWNSHIP, people.OTHER_VILLAGE, "990102001"]),
    "month": lambda stage: (stage.at + timedelta(days=stage.chance.choice((-31, 0, 0, 31)))).date().replace(day=1),
    "programme": lambda stage: stage.one(PROGRAMMES),
    "programmes": lambda stage: [stage.one(PROGRAMMES)],
    "number": _number,
    "second": lambda stage: stage.one(stage.clerks).username,
    "to": lambda stage: stage.one(stage.clerks).username,
    "receipt": lambda stage: f"SJ{stage.chance.randint(1, 3)}",
    "voucher": lambda stage: f"PZ{stage.chance.randint(1, 3)}",
    "once": lambda stage: f"once{stage.chance.randint(1, 3)}",
    "hardships": lambda stage: ["illness"],
    "kinds": lambda stage: ["illness"],
    "consents": lambda stage: [],
    "consent_channel": lambda stage: stage.one(["paper", "voice"]),
    "fails": lambda stage: {code: stage.chance.random() < 0.5 for code in words.SELF_CARE},
    "reasons": lambda stage: [stage.one(list(collective.CONSULTED))],
    "voices": lambda stage: [Spoke(name, "", stage.one(list(collective.VOTES))) for name in "甲乙丙"],
    "named": lambda stage: [(name, stage.one(list(collective.SEATS))) for name in "子丑寅卯辰巳午"],
    "cases": lambda stage: (stage.ref("case"),),
    "share": lambda stage: stage.chance.choice((0, 10, 30, 101)),
    "from_month": lambda stage: stage.one([None, _day(stage).replace(day=1)]),
    "holder": lambda stage: stage.one([*stage.residents, "p" + "0" * 20]),
    "take_list.data": _list_of_people,
    "needs": lambda stage: walk.NEEDS,
    "answers": lambda stage: {},
    "answer_at_door.answers": lambda stage: [
        (row.ref, "unsure", "") for row in Question.objects.order_by("-pk")[: stage.chance.randint(0, 2)]
    ],
    "together": lambda stage: {pid: True for pid in CaseMember.objects.values_list("pid", flat=True)[:4] if pid},
    "said": lambda stage: stage.one(WORDS),
    "save_incomes.said": lambda stage: {},
    "read_rest.said": lambda stage: {},
    "answer.said": lambda stage: stage.one(
        [
            Said("yes", thing="免学费", from_on=_day(stage)),
            Said("no", reason="超龄"),
            Said("partly", amount_fen=_fen(stage)),
        ]
    ),
    "others": lambda stage: [],
    "save_members.others": lambda stage: stage.one([[], [("王建国", "son")]]),
    "identify_member.name": lambda stage: stage.one(["王建国", "王建国", "王桂兰", ""]),
    "identify_member.member": lambda stage: stage.one(
        [*CaseMember.objects.filter(pid="").values_list("ref", flat=True), stage.ref("member")]
    ),
    "supports": lambda stage: stage.one(stage.residents),
    "propose.kind": lambda stage: stage.one(["help", "help", "refuse"]),
    "refer.kind": lambda stage: stage.one(list(catalogue.kinds())),
    "look_up.kind": lambda stage: stage.one(list(catalogue.kinds())),
    "consent": lambda stage: stage.one(list(catalogue.CONSENTS)),
    "submit.consent": lambda stage: stage.one([True, True, False]),
    "consent_of": lambda stage: stage.one(["self", "guardian", "nobody"]),
    "channel": lambda stage: stage.one(["paper", "telephone", "phone", "window", "door"]),
    "way": lambda stage: stage.one(["other", "visit", "paper", "window"]),
    "choice": lambda stage: stage.one(["data_right", "person_right", "homes_1", "unsure"]),
    "amount_fen": _fen,
    "counted_fen": _fen,
    "content": _returns,
    "viewer": _viewer,
    "case": lambda stage: stage.ref("case") if stage.chance.random() < 0.5 else "",
    "visit_ref": lambda stage: f"v{stage.chance.randint(1, 3)}",
    "visit": lambda stage: "",
    "photo": lambda stage: Photo("image/png", PNG),  # not a picture: refused in words
    "asked": _asked,
    "votes": lambda stage: Votes(*(stage.chance.randint(0, 9) for _ in range(3))),
    "body": lambda stage: {},
    "value": lambda stage: stage.one([True, 0, 46850, "none", None]),
    "files": lambda stage: [],
    "photos": lambda stage: [],
    "recording": lambda stage: [],
    "mandate": lambda stage: "",
    "near_kin_clerk": lambda stage: "",
    "kin_relation": lambda stage: "",
    "near_kin_of": lambda stage: "",
    "meets_at": lambda stage: stage.at + timedelta(days=2),
    "said_at": lambda stage: stage.at,
}
PLAIN: dict[str, Callable[[Stage], Any]] = {
    "str": lambda stage: stage.one(WORDS),
    "bool": lambda stage: stage.chance.random() < 0.6,
    "int": lambda stage: stage.chance.choice((0, 1, 2, 5)),
    "datetime": lambda stage: stage.at + timedelta(hours=stage.chance.choice((-30, 0, 30))),
    "date": _day,
    "bytes": lambda stage: stage.one([b"", PNG, "姓名,证件号\n".encode()]),
    "Sequence": lambda stage: [],
    "Collection": lambda stage: [],
    "Iterable": lambda stage: [],
    "list": lambda stage: [],
    "tuple": lambda stage: (),
    "Mapping": lambda stage: {},
    "dict": lambda stage: {},
}


# ---- where a row lies, and what is never changed again ------------------------------------------------------------------


LIES = (("casework.Case", "area"), ("casework.Benefit", "area"), ("payment.Line", "area"), ("payment.Run", "county"),
        ("services.Referral", "area"))  # fmt: skip


def place_of(subject: str) -> str:
    """The area of what a line of the journal is about; empty when it lies nowhere."""
    for label, column in LIES:
        found = apps.get_model(label)._default_manager.filter(ref=subject).values_list(column, flat=True).first()
        if found:
            return found
    return ""


def posts_of(clerk: Clerk) -> list[str]:
    """The areas of a clerk's posts."""
    return list(Post.objects.filter(clerk=clerk).values_list("area", flat=True))
