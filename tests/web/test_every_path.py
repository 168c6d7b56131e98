"""A stolen login sees nobody outside its area, by any path: every address of site and API, with every role, every parameter.

Nothing here goes stale unnoticed. Addresses come from the address table itself, parameters and form fields out of the code of the
pages; a new place in an address fails until STANDS or NOBODY says what stands in it. The person outside is granny Wang of 石磨村;
the logins are of posts that do not hold it, of another resident, of nobody.
"""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.test import Client, override_settings
from django.urls import get_resolver
from django.utils.http import urlencode
from PIL import Image

import doudi.web
import exchange_feeds
import people
import walk
from doudi.casework import actions as casework
from doudi.casework.models import Benefit, Case, Question
from doudi.exchange import actions as exchange
from doudi.exchange import jobs as feeds
from doudi.exchange.models import Load
from doudi.monitoring import actions as monitoring
from doudi.office import actions as office_actions
from doudi.office import queries as office
from doudi.office.core import ACTS, Party, Role
from doudi.office.models import Clerk, JournalEntry
from doudi.payment import actions as payment
from doudi.payment.models import Line
from doudi.registry import actions as registry
from doudi.registry.actions.search import keep_keys
from doudi.registry.core.pairs import pair_ref
from doudi.registry.models import Pair, Settlement
from doudi.registry.queries.roster import Asked as RosterAsked
from doudi.verification import actions as verification
from doudi.verification import queries as verified
from doudi.verification.models import Authorisation, Check
from doudi.web.api import tokens
from house.test_house import pages
from services.others import referred
from verification.rolls import director, found_on_a_roll
from web import hers, staged
from web.phone_login import signed_in
from web.test_staff_matrix import FOREIGN

pytestmark = pytest.mark.django_db
WEB = Path(doudi.web.__file__).parent

# What of the person outside stands in an address: the beginning of the address up to its place → which of her refs.
STANDS = {
    "progress/<str:receipt>": "receipt", "api/v1/progress/<receipt>": "receipt",
    "desk/register/receipt/<slug:receipt>": "receipt",
    "shown/<slug:ref>": "case", "my/cases/<slug:ref>": "case", "my/agree/<slug:ref>": "case", "apply/<slug:ref>": "draft",
    "my/questions/<slug:ref>": "question", "field/ask/<slug:ref>": "case", "desk/cases/<slug:ref>": "case",
    "questions/<slug:question>": "question", "members/<slug:member>": "member", "desk/alerts/<slug:ref>": "alert",
    "desk/register/<slug:ref>": "draft", "desk/shown/object/<slug:ref>": "case", "desk/shown/<str:area>": "village",
    "desk/payment/<slug:ref>": "run", "reissue/<slug:line>": "line", "desk/household/<slug:pid>": "pid",
    "desk/person/<slug:pid>": "pid", "desk/checks/<slug:ref>": "roll_run", "desk/orders/<slug:number>": "order",
    "desk/checks/anomalies/<slug:ref>": "anomaly", "desk/checks/samples/<slug:ref>": "sample", "field/visit/<slug:ref>": "alert",
    "my/authorisations/<slug:number>": "authorisation", "my/papers/<slug:ref>": "paper", "desk/papers/<slug:ref>": "paper",
    "looking/<slug:survey>": "survey", "letter/<slug:inquiry>": "inquiry", "appraisal/<slug:meeting>": "meeting",
    "desk/precedents/<slug:ref>": "precedent",
    "desk/money/accounts/<slug:ref>": "account", "my/money/stop/<slug:ref>": "account", "my/money/account/<slug:ref>": "benefit",
    "signing/<slug:who>": "member", "field/sign/<slug:ref>": "case",
    "audit/story/<slug:subject>": "case", "desk/people/<slug:pid>": "pid", "desk/corrections/<slug:ref>": "correction",
    "desk/pairs/<slug:ref>": "pair", "pairs/undo/<slug:decision>": "settlement", "pairs/weigh/<slug:decision>": "settlement",
    "pairs/join/<slug:pid>": "pid", "pairs/split/<slug:pid>": "pid", "pairs/number/<slug:pid>": "pid",
    "desk/feeds/<int:number>": "load", "desk/requests/<slug:ref>": "request",
    "desk/objections/<slug:ref>": "objection", "objections/new/<slug:check>": "check", "again/<slug:line>": "objected",
    "decide/<slug:line>": "objected", "my/checks/<slug:check>": "check", "my/objections/<slug:ref>": "objection",
    "api/v1/objections/<ref>": "objection", "desk/reports/<slug:ref>": "report", "reports/issue/<slug:check>": "check",
    "my/reports/<slug:ref>": "report", "sheet/check/<slug:token>": "token", "api/v1/reports/<token>": "token",
    "my/letters/<slug:ref>": "letter", "papers/letters/<slug:ref>": "letter", "papers/sheets/<slug:ref>": "letter",
    "papers/scan/<slug:number>": "letter_number", "sheet/paper/<slug:token>": "paper_token",
    "desk/services/<slug:ref>": "referral", "services/in/<slug:ref>": "referral", "services/new/<slug:pid>": "pid",
    "my/services/<slug:ref>": "referral",
    "desk/benefits/<slug:ref>": "benefit", "my/help/<slug:ref>": "benefit",
    "doors/papers/<slug:ref>": "form", "photo/<slug:paper>": "paper", "doors/calls/<slug:ref>": "call",
    "doors/outreach/<slug:ref>": "offer", "my/help/invited/<slug:ref>": "invitation", "review/<slug:review>": "again",
    "leave/<slug:happening>": "happening", "follow/<slug:follow>": "asking", "invite/<slug:adjustment>": "adjustment",
    "hear/<slug:adjustment>": "adjustment", "decide/<slug:adjustment>": "adjustment", "drop/<slug:adjustment>": "adjustment",
    "money/claims/<slug:ref>": "claim", "money/arrivals/<slug:ref>": "arrival", "my/money/arrived/<slug:ref>": "arrival",
    "unmatched/<slug:row>": "strange", "money/months/<slug:county>": "county", "money/funds/<slug:area>": "township",
    "back/<slug:ref>": "saying", "events/<slug:ref>": "event", "leave/<slug:leave>": "leave", "staff/<slug:leave>": "leave",
    "elsewhere/<slug:ref>": "asked_elsewhere", "agreement/<slug:agreement>": "agreement",
    "sources/checks/<slug:check>": "check", "sources/questions/<slug:ref>": "put", "sources/out/<slug:number>": "dispatch",
}  # fmt: skip
# Places in addresses that name nobody.
NOBODY = {
    "sheet/reasons/<str:token>": "token", "<slug:programme>": "dibao", "part/<slug:name>": "looks",
    "<int:place>": "1",
    "quality/<slug:department>": "civil_affairs", "differ/<slug:check>": "1", "letter/<slug:department>": "civil_affairs",
    "feeds/receipts/<int:number>": "1", "feeds/upload/<str:ref>": "nothing",
    "feeds/senders/<slug:code>": "nobody", "peers/<slug:exchange>": "nothing", "places/<slug:place>": "990200",
    "standing/<slug:policy>": "nothing",
    "wrong/<int:batch>": "1", "<int:row_no>": "4",
    "left.<slug:kind>": "csv", "rows/<int:row>": "4", "refused/<int:refusal>": "1", "mending/<slug:ref>": "nothing",
    "rules/rule/<slug:code>": "A01", "rules/number/<str:name>": "A01.threshold", "rules/changes/<slug:ref>": "change",
    "done/<slug:once>": "once1", "supervision/<slug:code>": "PR-01", "journal/<int:seq>": "1", "feeds/<dataset>": "dibao",
    "uploads/<ref>": "nothing", "receipts/<number>": "1",
    "sources/one/<slug:code>": "car-letters",
    "facts/<slug:name>": "hh_income_year", "papers/<slug:code>": "visit", "<slug:month>": "2026-08",
}  # fmt: skip
# Refs that are places, not hers.
PLACES = ("village", "township", "county")
PLACE = re.compile(r"<[^>]*>")
# Pages that show refs of everything to whoever may read the journal, and nothing about anybody.
JOURNAL = {"oversight:journal", "oversight:proof", "oversight:verify", "oversight:sign", "oversight:checkpoint"}
# Whoever holds a receipt reads how far it is, at the desk as anywhere; a masked name hangs on the village's board for seven days.
# Who is helped is published in the village while help lasts (D57 Art. 24).
# Whoever holds a report sees whether it is real, and nothing of what it says (tests/web/public/test_report_check.py).
OPEN_BY_LAW = {
    "public:progress-of", "api:progress", "desk:receipt", "public:shown", "public:object", "public:report-check",
    "public:results",
    "public:report-proof", "api:check", "public:paper-check",
}  # fmt: skip
CHANGES_ITSELF = {"desk-logout", "phone:sign-out", "look", "demo:clock"}  # would end the login, or the day
# The gallery's and the API's examples are called Wang too; the demo's pages, which only a demo has, show all messages on purpose.
MADE_UP = {"gallery", "api:openapi-json", "api-docs", "demo:desk", "demo:sms"}


Said = dict[str, str]  # what each page says


@dataclass
class Outside:
    """The person outside: what must not be seen, and the refs that stand for her in addresses and parameters."""

    secrets: dict[str, str]
    refs: dict[str, str]
    lists: dict[Role, tuple[Said, Said]] = field(default_factory=dict)  # of each post elsewhere: before she was there, and after

    @property
    def subjects(self) -> set[str]:
        """Refs the journal may speak of."""
        return {value for name, value in self.refs.items() if name not in (*PLACES, "receipt", "load")}


@cache
def addresses() -> list[tuple[str, str, Any]]:
    """Every page of the site and every door of the API: name, address with places for arguments, view."""
    return [(name, f"/{address}", view) for address, name, view in pages(get_resolver().url_patterns)]


@cache
def asked_for() -> tuple[set[str], set[str]]:
    """The names of all parameters and of all form fields the pages read, out of their code."""
    code = "\n".join(path.read_text() for path in WEB.rglob("*.py"))
    names = set(re.findall(r'(?:GET|POST)(?:\.get|\.getlist)?[(\[]\s*"(\w+)"', code))
    fields = {name for form in every_form(forms.Form) for name in form.base_fields}
    return names, names | fields


def every_form(form: type[forms.Form]) -> Iterator[type[forms.Form]]:
    for one in form.__subclasses__():
        if one.__module__.startswith("doudi."):
            yield one
        yield from every_form(one)


@pytest.fixture(scope="module")
def outside(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """Granny Wang, found by every key, with a draft, a case on its whole road, an alert, a payment, a means check, a doubtful
    row, a request; and a delivery in which a row about her was rejected. She comes into the world once;
    each test leaves her as she was. What the lists of posts elsewhere say is kept from before and after."""
    folder = tmp_path_factory.mktemp("outside")
    with (
        django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, override_settings(LAKE=folder / "lake"),
        staged.taken_back(),
    ):  # fmt: skip
        staged.set_the_stage(patch)
        people.clerk_li(), walk.helper_qian(), director("jiang")  # colleagues elsewhere may name as their stand-ins
        monitoring.publish([], cycle="c", judged_on=date(2026, 6, 30), counts={}, by=Party.system("cycle"), at=staged.TODAY)
        posts = {role: people.clerk(f"l-{role}", "外地", role, area) for role, area in FOREIGN.items()}
        before = {role: lists_of(clerk, role) for role, clerk in posts.items()}
        one = appear()
        one.lists = {role: (before[role], lists_of(clerk, role)) for role, clerk in posts.items()}
        deliver(one, folder)
        yield one


def deliver(one: Outside, folder: Path) -> None:
    """A delivery comes in which the row about her is rejected."""
    row = exchange_feeds.tekun_row(1)
    row[1], row[2], row[3], row[6] = one.secrets["number"], one.secrets["name"], people.VILLAGE, "九百"
    file = exchange_feeds.write(folder / "tekun.csv", exchange_feeds.text([*exchange_feeds.tekun_rows(3), row]))
    feeds.pick_up(file, as_of=date(2026, 6, 30), by=people.HALL, at=staged.TODAY)
    load = Load.objects.get()
    assert load.rejected == 1
    one.refs["load"] = str(load.pk)


def appear() -> Outside:
    """She, and everything of hers, comes into the world."""
    granny = people.granny_wang()
    keep_keys(granny, known=False)
    alert = staged.alerted(indicator="A01")
    case = staged.confirmed()
    month = staged.TODAY.date().replace(day=1)
    run = payment.build(county=people.COUNTY, month=month, by=people.officer_zhao(), at=staged.TODAY)
    draft = casework.start_draft(pid=granny.pid, by=Party.resident(granny.pid), at=staged.TODAY)
    about = {"weight": 1.0, "probability": 0.4, "area": people.VILLAGE, "seen_in": "c", "since_on": date(2026, 6, 30)}
    pair = Pair.objects.create(ref=pair_ref("row", "f" * 24, granny.pid), kind="row", left="f" * 24, right=granny.pid, **about)
    who = {"decided_at": staged.TODAY, "decided_by": "clerk:x", "area": people.VILLAGE}
    settled = Settlement.objects.create(ref="j" * 16, kind="row", left="e" * 24, right=granny.pid, verdict="apart", **who)
    correction = exchange.ask_correction(
        dataset="vehicle", field="plate", believed="无车", evidence="王桂兰说车早卖了", pid=granny.pid, area=people.VILLAGE,
        by=people.clerk_li(), at=staged.TODAY,
    )  # fmt: skip
    asked = registry.ask(pid=granny.pid, wish="explain", words="王桂兰想问问", by=Party.resident(granny.pid), at=staged.TODAY)
    check = Check.objects.get()
    line = next(one for one in verified.objectable(check.ref, granny.pid))
    objection = verification.object_to(
        check=check.ref, pid=granny.pid, channel="phone", disputed=[verification.Disputed(line.key, "other")],
        words="王桂兰说不对", by=Party.resident(granny.pid), at=staged.TODAY,
    )  # fmt: skip
    report = verified.report(
        verified.reports(check.ref)[0].ref, office.viewer(people.clerk_li(), "check.read", staged.TODAY)
    )  # fmt: skip
    benefit = Benefit.objects.get(case=case)
    account = payment.ask_account(
        benefit=benefit.ref, bank="邮储银行", number="6217000011112222", holder=granny.pid, channel="phone",
        by=Party.resident(granny.pid), at=staged.TODAY,
    )  # fmt: skip
    paper, paid = signed_paper(case), Line.objects.get(run=run)
    refs = {
        "benefit": benefit.ref, "account": account.ref,
        "request": asked.ref, "pair": pair.ref, "objection": objection.ref, "objected": objection.lines.get().ref,
        "settlement": settled.ref, "correction": correction.ref, "load": "0",
        "pid": granny.pid, "hid": "h" + "1" * 20,
        "case": case.ref, "receipt": case.receipt, "alert": alert, "run": run.ref,
        "draft": draft.ref, "village": people.VILLAGE, "township": people.TOWNSHIP, "county": people.COUNTY,
        "question": Question.objects.filter(case=case).first().ref,
        "line": paid.ref, "check": check.ref, **paper, **hers.at_the_doors(case, paper["paper"]), **hers.of_her_help(benefit),
        **hers.of_her_money(paid, benefit), **hers.of_her_family(case),
        **written_to(check), "referral": referred(case=case.ref, at=staged.TODAY).ref,
        **hers.talked_about(case), "survey": case.surveys.get().ref,
        **hers.letter_to(case), "report": report.row.ref, "report_number": report.row.number, "token": report.token,
        **found_on_a_roll(granny.pid, "王桂兰", granny.citizen_no, area=people.VILLAGE),
    }  # fmt: skip
    secrets = {name: value for name, value in refs.items() if name not in (*PLACES, "question", "load")} | {
        "name": "王桂兰", "masked": "王*兰", "grandson": "王小宝", "number": granny.citizen_no, "short": granny.citizen_no[-6:],
        "phone": granny.phone,
    }  # fmt: skip
    return Outside(secrets, refs)


def signed_paper(case: Case) -> dict[str, str]:
    """Her authorisation, the signature on it, and her line among those who sign."""
    made = Authorisation.objects.get(subject=case.ref, pid=case.applicant)
    drawn = BytesIO()
    Image.new("L", (90, 40), "white").save(drawn, "PNG")
    paper = office_actions.keep_paper(
        kind="signature", content_type="image/png", data=drawn.getvalue(), area=case.area, subject=case.applicant,
        by=people.HALL, at=staged.TODAY,
    )  # fmt: skip
    member = case.members.get(pid=case.applicant)
    return {"authorisation": made.number, "paper": paper.ref, "member": member.ref}


def written_to(check: Check) -> dict[str, str]:
    """A letter that asks about her, and the question on it."""
    verification.keep_source(
        code="car-letters", label="车管所", dataset="vehicle", adapter="letter", by=people.HALL, at=staged.TODAY
    )  # fmt: skip
    put = verification.ask_again(
        check=check.ref, pid=people.granny_wang().pid, source="car-letters", why="再问", by=people.HALL, at=staged.TODAY
    )  # fmt: skip
    letter = verification.dispatch(source="car-letters", by=people.HALL, at=staged.TODAY)
    return {"put": put.ref, "dispatch": letter.number}


def filled(address: str, refs: dict[str, str]) -> str:
    """The address with everything in its places; one that nobody said anything about stays."""
    for place in PLACE.findall(address):
        before = address[: address.index(place) + len(place)]
        named = next((ref for begin, ref in STANDS.items() if before.endswith(begin)), None)
        plain = next((value for begin, value in NOBODY.items() if before.endswith(begin)), place)
        if named is None and plain == place:
            break
        address = address.replace(place, refs[named] if named else plain, 1)
    return address


def values(names: set[str], one: Outside, *, by: str) -> dict[str, str]:
    """Every parameter, pointing outside; what is searched for is named by one of its keys."""
    secrets = one.secrets
    key = {"sound": "wangguilan", "tail": secrets["number"][-4:], "number": secrets["number"], "phone": secrets["phone"]}[by]
    known = {
        **one.refs, "q": key, "area": people.VILLAGE, "number": secrets["number"],
        "subject": secrets["pid"],
        "ref": secrets["case"], "name": key,
        "page": "0", "on": "2026-08-25", "known_on": "2026-08-25", "next": "/desk/", "why": "review", "parts": "all",
    }  # fmt: skip
    return {name: known.get(name, secrets["pid"]) for name in sorted(names)}


def words_of(answer: Any) -> str:
    body = b"".join(answer) if answer.streaming else answer.content
    return body.decode("utf-8", "replace") + "\n".join(f"{key}: {value}" for key, value in answer.headers.items())


def told(answer: Any, one: Outside, sent: str) -> list[str]:
    """Which secrets an answer gives away: all but those that were in the question."""
    text = words_of(answer)
    return [what for what, secret in one.secrets.items() if secret not in sent and secret in text]


def lines_about(one: Outside) -> int:
    return JournalEntry.objects.filter(subject__in=one.subjects).count()


SEARCHES = {"desk:find", "oversight:find", "desk:who", "desk:people", "desk:pairs"}
# A search finds by sound, by the end of the number and of the telephone; typing asks for the list alone.
QUESTIONS: tuple[tuple[str, dict[str, str]], ...] = (
    ("sound", {}),
    ("tail", {"HX-Request": "true"}),
    ("number", {}),
    ("phone", {}),
)


def try_everything(client: Client, one: Outside, headers: dict[str, str], role: Role = Role.RESIDENT) -> None:
    """Read and write every address with everything pointing outside, and say all that went wrong."""
    wrong = []
    read, written = asked_for()
    questions = [(by, more, values(read, one, by=by)) for by, more in QUESTIONS]
    sent = values(written, one, by="sound")
    form, sent_words = urlencode(sent), " ".join(sent.values())
    about = lines_about(one)

    def post(address: str) -> Any:
        return client.post(address, form, content_type="application/x-www-form-urlencoded", headers=headers)

    for name, address, view in addresses():
        if name in CHANGES_ITSELF | OPEN_BY_LAW | MADE_UP or (role != Role.RESIDENT and view.permit not in ACTS):
            continue  # what is open or a resident's own is tried by residents: a post changes nothing there
        if view.permit in ACTS and role not in ACTS[view.permit][1]:  # the door before the page; nothing behind it is asked
            address = filled(address, one.refs)
            answer = post(address)
            if PLACE.search(address):  # another test says so
                continue
            if not (
                answer.status_code in (401, 403, 405) or (answer.status_code == 302 and answer.url.startswith("/desk/login/"))
            ):
                wrong.append(f"POST {name} answers {answer.status_code} to a post without {view.permit}")
            continue
        here, ghost = filled(address, one.refs), filled(address, {what: nobody(ref) for what, ref in one.refs.items()})
        for by, more, asked in questions if name in SEARCHES else questions[:1]:
            answer = client.get(here, asked, headers={**headers, **more})
            seen = told(answer, one, here + " ".join(asked.values()))
            if seen and name not in JOURNAL:
                wrong.append(f"GET {name} by {by} tells {seen}")
        if here == ghost:  # a list, without anything asked
            seen = told(client.get(here, headers=headers), one, here)
            if seen and name not in JOURNAL:
                wrong.append(f"GET {name} tells {seen}")
        elif "desk/feeds/" not in address:  # a delivery is a department's, nobody's in particular
            other = client.get(ghost, asked, headers=headers)
            if other.status_code != answer.status_code:
                wrong.append(f"GET {name} answers {answer.status_code} for her and {other.status_code} for nobody")
        seen = told(post(here), one, here + sent_words)
        if seen and name not in JOURNAL:
            wrong.append(f"POST {name} tells {seen}")
        now = lines_about(one)
        if now != about:
            wrong.append(f"{name} wrote {now - about} lines about her")
            about = now
    assert not wrong, "\n".join(wrong)


def nobody(ref: str) -> str:
    """A ref of the same shape that belongs to nobody."""
    if ref.isdigit() and len(ref) < 12:
        return "987654"
    return ref[:-6] + ("000000" if ref[-6:] != "000000" else "111111")


def test_every_place_in_an_address_says_what_of_her_stands_there() -> None:
    refs = dict.fromkeys(STANDS.values(), "x")
    left = [address for _, address, _ in addresses() if PLACE.search(filled(address, refs))]
    assert not left, "say in STANDS which of her refs stands here, or in NOBODY that the place names nobody"


@pytest.mark.parametrize("role", list(FOREIGN))
def test_no_login_elsewhere_sees_or_does_anything(client: Client, outside: Outside, role: Role) -> None:
    thief = people.clerk(f"t-{role}", "外地", role, FOREIGN[role])
    staged.signed_in(client, thief)
    client.raise_request_exception = False
    try_everything(client, outside, {"Authorization": f"Bearer {tokens.issue(thief)}"}, role)


def test_another_resident_and_a_passer_by_see_nothing(client: Client, outside: Outside) -> None:
    client.raise_request_exception = False
    try_everything(client, outside, {})
    signed_in(client, people.uncle_zhou().pid)
    try_everything(client, outside, {})


def test_who_may_does_see_her(client: Client, outside: Outside) -> None:
    """The same questions, by those whose place it is: the secrets would be noticed."""
    li = staged.signed_in(client, people.clerk_li())
    found = li.get("/desk/find/", values({"q"}, outside, by="sound"))
    assert {"masked", "pid"} <= set(told(found, outside, ""))
    assert "masked" in told(li.get("/desk/find/", {"q": outside.secrets["phone"][-4:]}), outside, "")
    li.post(f"/desk/person/{outside.secrets['pid']}/", {"why": "review"})
    assert {"name", "grandson"} <= set(told(li.get(f"/desk/person/{outside.secrets['pid']}/?parts=all"), outside, ""))
    assert "case" in told(li.get("/desk/cases/?pile=all"), outside, "") or "case" in told(li.get("/desk/"), outside, "")


def lists_of(clerk: Clerk, role: Role) -> Said:
    """What every page without an id says to a post elsewhere."""
    opens = {act for act, (_label, roles) in ACTS.items() if role in roles} | ({"open"} if role == Role.DIRECTOR else set())
    with staged.taken_back():
        client = staged.signed_in(Client(raise_request_exception=False), clerk)
        return {
            name: quiet(client.get(address, {"q": "wangguilan"}))
            for name, address, view in addresses()
            if "<" not in address and name not in CHANGES_ITSELF | MADE_UP and view.permit in opens
        }


@pytest.mark.parametrize("role", list(FOREIGN))
def test_lists_say_the_same_whether_she_exists_or_not(outside: Outside, role: Role) -> None:
    """Counts, totals, "more" and empty states of every page without an id."""
    before, after = outside.lists[role]
    assert len(before) > 2 and before.keys() == after.keys()
    changed = {name: list(difflib.unified_diff(said.split("\n"), after[name].split("\n"), n=0)) for name, said in before.items()}
    differs = [f"{name} {line}" for name, lines in changed.items() if name not in JOURNAL | COUNTS_FOR_ALL for line in lines[3:]]
    assert not differs, "\n".join(differs)


# The city's open figures, the law's own drafts and whom the office asks are about no person and the same for whoever looks;
# how many questions wait at whom is counted in one's own area (tests/web/desk/test_sources.py).
COUNTS_FOR_ALL = {"public:shown", "public:results", "desk:rules-changes", "desk:rules", "desk:sources", "oversight:today"}


def quiet(answer: Any) -> str:
    """What a page says, without what differs each time."""
    text = words_of(answer)
    text = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"\w+"', "", text)
    text = re.sub(r'(csrftoken|sessionid)=\w+|"token": "\w+"|name="(ref|once)" value="\w+"|Content-Length: \d+', "", text)
    return re.sub(r"\d\d:\d\d(:\d\d)?(\.\d+)?", "", text)


def test_every_page_says_who_it_is_for_in_the_table() -> None:
    for name, _, view in addresses():
        assert getattr(view, "permit", None) in {*ACTS, "open", "resident", "token", "signed"}, name


# ---- the queries behind the pages ---------------------------------------------------------------------------------------

ROOMS = ("registry", "exchange", "verification", "casework", "payment", "services", "monitoring")


def viewer_queries() -> list[tuple[str, Callable[..., Any]]]:
    """Every public query of every room that is told who looks."""
    found = []
    for room in ROOMS:
        for name, query in inspect.getmembers(import_module(f"doudi.{room}.queries"), inspect.isfunction):
            own = query.__module__.startswith(f"doudi.{room}.") and not name.startswith("_")
            if own and "viewer" in inspect.signature(query).parameters:
                found.append((f"{room}.{name}", query))
    return found


def arguments(query: Callable[..., Any], one: Outside) -> Iterator[dict[str, Any]]:
    """What a query is asked, pointing at her: each of her refs in turn where it takes one."""
    day, secrets = date(2026, 6, 30), one.secrets
    plain: dict[str, Any] = {
        "pid": one.refs["pid"], "pids": [one.refs["pid"]], "subject": one.refs["pid"], "at": staged.TODAY,
        "today": staged.TODAY.date(),
        "on": day, "known_on": day, "month": day.replace(day=1), "facts": {"age": ("hukou",)}, "name": secrets["name"],
        "text": "wangguilan", "number": secrets["number"], "receipt": one.refs["receipt"], "case_ref": one.refs["case"],
        "load_id": int(one.refs["load"]), "change": "nothing", "department": "civil_affairs", "check": "1",
        "asked": RosterAsked(), "token": one.refs["token"], "wanted": verified.Wanted(), "run": one.refs["roll_run"],
        "pile": "sent", "code": "car-letters", "first": day, "last": staged.TODAY.date(), "case": one.refs["case"],
        "area": people.VILLAGE, "benefit_ref": one.refs["benefit"], "act": "account.change", "county": people.COUNTY,
    }  # fmt: skip
    takes = inspect.signature(query).parameters
    wanted = [name for name, takes in takes.items() if takes.default is inspect.Parameter.empty and name != "viewer"]
    if "number" in wanted and takes["number"].annotation == "int":
        plain["number"] = 1
    refs = sorted(one.subjects) if "ref" in wanted else [""]
    for ref in refs:
        yield {name: ref if name == "ref" else plain[name] for name in wanted}


@pytest.mark.parametrize("role", list(FOREIGN))
def test_no_query_tells_a_post_elsewhere_anything(outside: Outside, role: Role) -> None:
    """Called as pages, commands and machines call them; what they give holds none of her secrets but the ref that was asked."""
    looks = office.viewer(people.clerk(f"q-{role}", "外地", role, FOREIGN[role]), "person.read", staged.TODAY)
    assert looks
    wrong, asked = [], 0
    for name, query in viewer_queries():
        for given in arguments(query, outside):
            asked += 1
            try:
                found = query(viewer=looks, **given)
                text = repr(list(found) if inspect.isgenerator(found) else found)
            except Exception as why:  # whatever is refused: its words are told to somebody too
                text = f"{why!r}"
            seen = [what for what, secret in outside.secrets.items() if secret in text and secret not in repr(given)]
            if seen:
                wrong.append(f"{name}({given}) tells {seen}")
    assert asked > 100 and not wrong, "\n".join(wrong)
