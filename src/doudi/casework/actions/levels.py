"""Who confirms a case, and what has to be there before an opinion or a decision. Steps of acts; no act by itself."""

from __future__ import annotations

from datetime import date, datetime

from doudi.casework import core
from doudi.casework.core import Level
from doudi.casework.core.collective import SIGNERS, unsigned
from doudi.casework.gateways import numbers
from doudi.casework.models import (
    Appraisal,
    Case,
    Objection,
    Opinion,
    PlaceRequest,
    Question,
    SelfCare,
    Showing,
    Survey,
    SurveyPaper,
)
from doudi.office.queries import today


def level_of(case: Case, at: datetime) -> Level:
    """Who confirms: the township where the province lets it, or a small one-off sum does; else the county (LAW Art. 44).

    Near kin, and what somebody complained of, always goes to the county: it has to look by itself (D57 Art. 20).
    """
    on, road = today(at), core.road(case.programme)
    if case.is_near_kin or Objection.objects.filter(showing__case=case).exists():
        return Level.COUNTY
    if numbers.township_confirms(case.programme, case.area, on):
        return Level.TOWNSHIP
    ceiling = numbers.small_ceiling(case.programme, case.area, on) if road.small else None
    opinion = Opinion.objects.filter(case=case).order_by("-id").first() if ceiling is not None else None
    if opinion is not None and opinion.kind == "help" and opinion.amount_fen <= (ceiling or 0):
        return Level.TOWNSHIP
    return Level.COUNTY


def wanting(case: Case, act: str, on: date) -> list[str]:
    """What an act still lacks by the demands of the programme's road, in the words people read; nothing: it may go on."""
    found = []
    for demand in core.road(case.programme).demands(act):
        lacking = CHECKS[demand.code](case, on)
        if lacking:
            found.append(lacking)
    return found


def _visit(case: Case, on: date) -> str:
    return "" if Survey.objects.filter(case=case, level="township").exists() else "入户调查"


def _survey_signed(case: Case, on: date) -> str:
    """Who has not signed the newest visit, which the opinion stands on; nothing where there was none: `_visit` asks for it."""
    visit = Survey.objects.filter(case=case, level="township").order_by("-id").first()
    if visit is None:
        return ""
    papers = set(SurveyPaper.objects.filter(survey=visit).values_list("role", flat=True))
    lacking = [SIGNERS[code] for code in unsigned(papers, visit.way, visit.unsigned)]
    if not lacking:
        return ""
    how = "在手机上签，或者打印签好拍照存进来"
    how += "；家里人不签的，写明原因和见证人" if SIGNERS["family"] in lacking else ""
    return f"入户调查表上{'、'.join(lacking)}的签名（{how}）"


def _questions(case: Case, on: date) -> str:
    still_open = Question.objects.filter(case=case, choice__in=core.OPEN_CHOICES).count()
    return f"{still_open} 处要判断的" if still_open else ""


def _check(case: Case, on: date) -> str:
    return "" if case.check_ref else "核对结果"


def _elsewhere(case: Case, on: date) -> str:
    waiting = PlaceRequest.objects.filter(case=case, outcome="", due_on__gte=on).count()
    return f"外地的 {waiting} 件答复" if waiting else ""


def _self_care(case: Case, on: date) -> str:
    return "" if SelfCare.objects.filter(case=case).exists() else "两个人做的六项自理能力评估"


def _shown(case: Case, on: date) -> str:
    """Whether these figures stood on the board to the end, now or before the county sent the case back."""
    opinion = Opinion.objects.filter(case=case).latest("id")
    ended = Showing.objects.filter(case=case, state="ended")
    shown = ended.filter(opinion=opinion) | ended.filter(members=opinion.members, amount_fen=opinion.amount_fen)
    return "" if shown.exists() else "这一户还没有公示完，不能确认。"


def _own_visit(case: Case, on: date) -> str:
    return "近亲属备案或有人提过意见的，县里要先自己入户看一次。" if own_visit_missing(case) else ""


def own_visit_missing(case: Case) -> bool:
    """Whether the county has to visit by itself first: near kin, or somebody complained (D57 Art. 20)."""
    complained = Showing.objects.filter(case=case, objections__isnull=False).exists()
    return (case.is_near_kin or complained) and not Survey.objects.filter(case=case, level="county").exists()


def _random_check(case: Case, on: date) -> str:
    if case.is_drawn is None:
        return "还没有抽号，抽过号才能定。"
    if case.is_drawn and not Survey.objects.filter(case=case, level="county").exists():
        return "这一户抽中了，县里要先自己入户看一次。"
    return ""


def _appraisal(case: Case, on: date) -> str:
    called = Appraisal.objects.filter(case=case, state="called").exists()
    return "已经通知的评议会（开完，或者写明不开了）" if called else ""


CHECKS = {
    "visit": _visit,
    "survey_signed": _survey_signed,
    "questions": _questions,
    "check": _check,
    "appraisal": _appraisal,
    "elsewhere": _elsewhere,
    "self_care": _self_care,
    "shown": _shown,
    "own_visit": _own_visit,
    "random_check": _random_check,
}
