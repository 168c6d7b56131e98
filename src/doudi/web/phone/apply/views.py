"""Five questions, one a page; each answer is kept on the server before the next page opens."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from doudi.casework import actions, core, queries
from doudi.casework.core import Missing
from doudi.casework.queries import DraftPage
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.registry import actions as registry
from doudi.registry import queries as people
from doudi.registry.core import RELATIONS
from doudi.verification import queries as verification
from doudi.verification.core import terms
from doudi.web.parts import papers
from doudi.web.parts.permits import resident
from doudi.web.parts.roads import STEPS, first_open
from doudi.web.phone.apply.answers import Problem, read_household, read_incomes
from doudi.web.phone.apply.help import asked_of, settle
from doudi.web.phone.apply.proxy import PROXIES
from doudi.web.phone.apply.summary import MANDATES, summary

BLANKS = 2  # empty rows for people or incomes to add, besides those written before


def _me(request: HttpRequest) -> Party:
    return Party.resident(request.pid)


def _frame(request: HttpRequest, step: str, page: DraftPage | None) -> dict[str, Any]:
    """What every question page shows around its question."""
    n = list(STEPS).index(step) + 1
    changing = "changing" in request.GET or "changing" in request.POST
    back = "/" if page is None else f"/apply/{page.ref}/{list(STEPS)[n - 2]}/" if n > 1 else "/"
    if changing and page is not None:
        back = f"/apply/{page.ref}/check/"
    bits = ["done"] * (n - 1) + ["now"] + [""] * (len(STEPS) - n)
    whose = page.applicant_name if page is not None and page.applicant != request.pid else ""
    return {"step": n, "steps": len(STEPS), "bits": bits, "back": back, "changing": changing, "draft": page, "whose": whose}


def _onward(request: HttpRequest, page: DraftPage, step: str) -> HttpResponse:
    changing = request.POST.get("changing")
    return redirect(f"/apply/{page.ref}/{'check' if changing else list(STEPS)[list(STEPS).index(step) + 1]}/")


def _ask(request: HttpRequest, step: str, page: DraftPage | None, problems: list[Problem], more: dict[str, Any]) -> HttpResponse:
    shown = {**_frame(request, step, page), **more, "problems": problems}
    return render(request, f"phone/apply/{step}.html", shown, status=422 if problems else 200)


@resident
def begin(request: HttpRequest) -> HttpResponse:
    """The first question; who began before goes on where they stopped."""
    at = office.now()
    for page in queries.drafts_of(by=_me(request)):
        if page.applicant == request.pid:
            return redirect(f"/apply/{page.ref}/{first_open(page)}/")
    if request.method == "POST":
        return _hardship(request, None)
    open_case = next(
        (case for case in queries.my_cases(request.pid, at=at) if core.State(case.state).is_open and not case.for_name), None
    )
    return _hardship(request, None, open_case)


def _hardship(request: HttpRequest, page: DraftPage | None, open_case: object = None) -> HttpResponse:
    chosen = request.POST.getlist("hardship") if request.method == "POST" else list(page.hardships) if page else []
    story = request.POST.get("story", "").strip()[:500] if request.method == "POST" else page.story if page else ""
    problems = []
    if request.method == "POST":
        if chosen or story:
            at, me = office.now(), _me(request)
            kinds = [code for code in core.HARDSHIPS if code in chosen] or ["other"]
            ref = page.ref if page else _start(request)
            actions.save_hardships(ref=ref, kinds=kinds, story=story, by=me, at=at)
            return _onward(request, queries.draft(ref, by=me, at=at), "hardship")
        problems.append(Problem("hardship", _("请选一样，或者写一句")))
    tiles = [{"code": code, "words": _(words), "checked": code in chosen} for code, words in core.HARDSHIPS.items()]
    whose = page.applicant_name if page is not None and page.applicant != request.pid else ""
    more = {
        "question": _("%(name)s最近难在哪里？") % {"name": whose} if whose else _("最近难在哪里？"),
        "lead": _("可以选好几样。"),
        "why": _("知道难在哪里，才好找对办法。看病、上学、残疾，各有各的帮法。"),
        "tiles": tiles,
        "story": story,
        "open_case": open_case,
    }
    return _ask(request, "hardship", page, problems, more)


def _start(request: HttpRequest) -> str:
    """Begin the resident's own application, and keep the telephone the code came to."""
    at, me = office.now(), _me(request)
    draft = actions.start_draft(pid=request.pid, by=me, at=at)
    if not people.me(request.pid).phone and request.session.get("phone"):
        registry.keep_contact(pid=request.pid, phone=request.session["phone"], by=me, at=at)
    return draft.ref


@resident
def step(request: HttpRequest, ref: str, name: str) -> HttpResponse:
    """One question of an application being written, for who writes it."""
    try:
        page = queries.draft(ref, by=_me(request), at=office.now())
    except NotAllowed:
        return redirect("/my/")
    if page.case_ref:
        return redirect(f"/my/cases/{page.case_ref}/receipt/")
    return {"hardship": _hardship, "household": _household, "income": _income, "account": _account, "check": _check}[name](
        request, page
    )


def _household(request: HttpRequest, page: DraftPage) -> HttpResponse:
    typed = [{"name": one.name, "relation": one.relation, "wrong": ""} for one in page.members if not one.pid]
    wrong: dict[str, str] = {}
    problems: list[Problem] = []
    answers = {one.pid: one.together for one in page.members if one.pid}
    if request.method == "POST":
        said = read_household(request.POST, page)
        if not said.problems:
            actions.save_members(ref=page.ref, together=said.together, others=said.others, by=_me(request), at=office.now())
            return _onward(request, page, "household")
        problems, typed = said.problems, said.typed
        wrong = {problem.at: problem.words for problem in problems}
        answers |= said.together
    known = [one for one in page.members if one.pid]
    rows = [
        {
            "field": f"member-{n}",
            "name": one.name,
            "about": one.about,
            "is_applicant": one.is_applicant,
            "answer": {True: "together", False: "apart"}.get(answers.get(one.pid), "" if problems else "together"),
            "wrong": wrong.get(f"member-{n}", ""),
        }
        for n, one in enumerate(known)
    ]
    blank = {"name": "", "relation": "", "wrong": ""}
    filled = [row for row in typed if row["name"] or row["relation"]]
    more = {
        "question": _("这些人和您一起吃住吗？")
        if page.applicant == request.pid
        else _("这些人和%(name)s一起吃住吗？") % {"name": page.applicant_name},
        "lead": _("户口上查到 %(count)s 个人。对的不用动，不对的点一下。") % {"count": len(known)},
        "why": _("救助按一起吃住的人来算。搬走的、分开过的，说一声就行。"),
        "people": rows,
        "others": [*filled, *([blank] * BLANKS)],
        "others_open": bool(filled),
        "relations": [(code, _(words)) for code, words in RELATIONS.items() if code != "self"],
    }
    return _ask(request, "household", page, problems, more)


def _income(request: HttpRequest, page: DraftPage) -> HttpResponse:
    mine = page.applicant == request.pid
    typed = [
        {"kind": line.kind, "amount": f"{(line.said_fen or 0) / 100:g}", "wrong": ""} for line in page.incomes if line.is_other
    ]
    problems: list[Problem] = []
    answers = {line.key: line.said for line in page.incomes}
    if request.method == "POST":
        said = read_incomes(request.POST, page, core.INCOMES)
        if not said.problems:
            actions.save_incomes(ref=page.ref, said=said.said, others=said.others, by=_me(request), at=office.now())
            return _onward(request, page, "income")
        problems, typed, answers = said.problems, said.typed, said.said
    known = [line for line in page.incomes if not line.is_other]
    blank = {"kind": "", "amount": "", "wrong": ""}
    filled = [row for row in typed if row["kind"] or row["amount"]]
    more = {
        "question": _("每月有哪些进项？"),
        "lead": _("查到下面这些，您看对不对。说不清就空着，我们来查。")
        if known and mine
        else _("知道多少写多少。说不清就空着，我们来查。"),
        "why": _("低保按家里人均进项算。已经查到的不用您再写。"),
        # What the registers know about somebody is shown to that person only, never to who helps them.
        "lines": [
            {
                "field": f"line-{n}",
                "what": _(line.what),
                "fen": line.fen,
                "whose": line.whose,
                "source": line.source.label if line.source else "",
                "answer": answers.get(line.key, ""),
            }
            for n, line in enumerate(known)
        ]
        if mine
        else [],
        "others": [*filled, *([blank] * BLANKS)],
        "others_open": bool(filled) or not mine,
        "kinds": [(code, _(words)) for code, words in core.INCOMES.items()],
    }
    return _ask(request, "income", page, problems, more)


def _account(request: HttpRequest, page: DraftPage) -> HttpResponse:
    account, mine = page.account, page.applicant == request.pid
    way = request.POST.get("way", "") if request.method == "POST" else account.way or ("same" if account.known else "")
    bank = request.POST.get("bank", "").strip()[:30] if request.method == "POST" else account.bank
    number = request.POST.get("number", "").strip() if request.method == "POST" else account.number
    problems: list[Problem] = []
    if request.method == "POST":
        digits = "".join(str(int(sign)) for sign in number if sign.isdecimal())
        if way not in core.ACCOUNT_WAYS or (way == "same" and not account.known):
            problems.append(Problem("way", _("请选一下：钱打到哪里")))
        elif way == "other" and not 8 <= len(digits) <= 32:
            problems.append(Problem("number", _("请写卡号，您填了 %(count)s 位数字") % {"count": len(digits)}))
        else:
            mine_only = {"bank": bank, "number": digits} if way == "other" else {}
            actions.save_account(ref=page.ref, way=way, by=_me(request), at=office.now(), **mine_only)
            return _onward(request, page, "account")
    hints = {
        "same": account.known.label if account.known and mine else "",
        "other": _("往下写银行和卡号"),
        "none": _("我们帮您办一张，不收钱"),
    }
    ways = [
        {"code": code, "words": _(words), "hint": hints[code], "checked": code == way}
        for code, words in core.ACCOUNT_WAYS.items()
        if code != "same" or account.known
    ]
    more = {
        "question": _("钱打到哪张卡？"),
        "why": _("批下来以后，钱每月直接打到卡上，不经过别人的手。"),
        "ways": ways,
        "bank": bank,
        "number": number,
        "typed_open": way == "other",
        "number_wrong": next((problem.words for problem in problems if problem.at == "number"), ""),
    }
    return _ask(request, "account", page, problems, more)


def _check(request: HttpRequest, page: DraftPage) -> HttpResponse:
    if first_open(page) != "check":
        return redirect(f"/apply/{page.ref}/{first_open(page)}/")
    mine = page.applicant == request.pid
    helper = request.session.get("helping", {}).get(page.applicant, {})
    if not mine and not helper.get("relation"):
        return redirect(f"/apply/for/relation/?pid={page.applicant}")
    problems: list[Problem] = []
    if request.method == "POST":
        mandate = request.POST.get("mandate", "")
        try:
            seen = {"may_see": "may_see" in request.POST}
            more = {"proxy_relation": helper["relation"], "mandate": mandate, **seen} if not mine else {}
            settle(page, request)
            more |= {"files": papers.signature(request), "typed_name": request.POST.get("name", "").strip()[:40]}
            case = actions.submit(ref=page.ref, consent=True, by=_me(request), at=office.now(), **more)
            return redirect(f"/my/cases/{case.ref}/receipt/")
        except Missing as why:
            problems.append(Problem("mandate" if not mine else "main", str(why)))
        except NotAllowed as why:
            problems.append(Problem("main", str(why)))
    by_whom = "" if mine else f"{PROXIES[helper['relation']]} {people.me(request.pid).name}"
    asked = asked_of(page)
    codes = [one.code for one in asked if one.is_asked]
    shown = {
        "question": _("最后看一遍，对不对"),
        "rows": summary(page, mine=mine, helper=by_whom, asked=asked),
        "names": [one.name for one in page.members if one.together or one.is_applicant],
        "mandates": MANDATES if not mine else (),
        "my_name": page.applicant_name,
        "places": [(_(department), [_(asked) for asked in asks]) for department, asks in verification.asked_places(codes)],
        "until": _(terms().until),
        "name": request.POST.get("name", ""),
    }
    return _ask(request, "check", page, problems, shown)
