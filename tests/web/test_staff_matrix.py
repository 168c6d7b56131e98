"""Every staff address × every role: strangers sign in, other places learn nothing, a post opens what the table says."""

from datetime import date

import pytest
from django.urls import get_resolver

import people
from doudi.office.core import ACTS, Role
from doudi.rulebook import actions as rulebook
from doudi.verification.models import Question
from services.others import referred
from verification.rolls import found_on_a_roll
from web import hers, staged

pytestmark = pytest.mark.django_db
PREFIXES = ("desk/", "field/", "audit/")
OPEN = {"desk-login", "desk-logout"}
LISTS = {  # pages that are for everybody of the role; elsewhere they are simply empty
    "desk:today", "desk:cases", "desk:alerts", "desk:showings", "desk:runs", "desk:find", "desk:who", "desk:feeds",
    "desk:feed-upload", "desk:feed-receipts", "desk:feed-senders", "desk:feed-sources", "desk:feed-sender-new", "desk:checks",
    "field:today", "field:fresh", "field:worker", "oversight:today", "oversight:find", "oversight:journal",
    "oversight:verify", "oversight:sign", "oversight:checkpoint", "oversight:supervision", "oversight:supervision-rule",
    "desk:rules-life", "desk:rules", "desk:rules-rule", "desk:rules-number", "desk:rules-set", "desk:rules-new",
    "desk:rules-changes", "desk:whatif", "desk:pairs", "desk:pairs-decided", "desk:corrections", "desk:correction-letter",
    "desk:correction-letter-file", "desk:events", "desk:feeds-live", "desk:people", "desk:people-csv", "desk:people-tell",
    "desk:sources", "desk:source-new", "desk:source", "desk:source-edit", "desk:source-out", "desk:source-back", "desk:asking",
    "desk:source-stop", "desk:source-knock",
    "desk:orders", "desk:order-new", "desk:check-new", "desk:anomalies", "desk:anomalies-csv",
    "desk:claims", "desk:claims-replay", "desk:funds", "desk:accounts", "desk:arrivals", "desk:runs-once", "desk:runs-price",
    "desk:services", "desk:service-unknown", "desk:asked", "desk:recognition",
    "desk:reports", "desk:objections", "desk:objection-find", "desk:objection-form",
    "desk:papers-letters", "desk:papers-find", "desk:papers-retiring",
    "desk:precedents", "desk:deviations", "desk:burden",
    "desk:quality", "desk:quality-of", "desk:requests", "desk:retention", "desk:touched",
    "desk:peers", "desk:peers-places", "desk:peers-standing", "desk:peers-add", "desk:peers-check", "desk:peers-stop",
    "desk:peers-standing-settle", "desk:elsewhere", "desk:near-kin", "desk:draw",
    "desk:late", "desk:leave", "desk:leave-end", "desk:leave-post", "desk:staff", "desk:calendar",
    "desk:benefits", "desk:benefits-together",
    "desk:doors", "desk:forms", "desk:form-new", "desk:calls", "desk:call-new", "desk:outreach", "desk:outreach-take",
}  # fmt: skip


def addresses():
    """Each staff page: its name, its address with places for arguments, its view."""
    found = []
    for pattern in get_resolver().url_patterns:
        prefix = str(pattern.pattern)
        if prefix not in PREFIXES:
            continue
        app = pattern.app_name
        stack = [(prefix, one) for one in pattern.url_patterns]
        while stack:
            before, one = stack.pop()
            here = before + str(one.pattern)
            if hasattr(one, "url_patterns"):
                stack += [(here, inner) for inner in one.url_patterns]
            else:
                found.append((f"{app}:{one.name}", f"/{here}", one.callback))
    return sorted(found)


PAGES = addresses()


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    """A case, an alert, a payment run and a person of 石磨村, and what stands for them in addresses.

    Set once; each test leaves it as it was.
    """
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, staged.taken_back():
        staged.set_the_stage(patch)
        yield stood()


def stood():
    alert = staged.alerted(indicator="A01")
    case = staged.confirmed()
    from doudi.payment import actions

    run = actions.build(county=people.COUNTY, month=staged.TODAY.date().replace(day=1), by=people.officer_zhao(), at=staged.TODAY)
    change = rulebook.draft(
        kind="tune", title="改一个分数", source="禾民〔2026〕12 号", place=people.COUNTY, starts_on=date(2026, 9, 1),
        what={"is": 9}, rule="A01", parameter="A01.threshold", by=people.officer_zhao(), at=staged.TODAY,
    )  # fmt: skip
    granny, referral = people.granny_wang(), referred(case=case.ref, at=staged.TODAY)
    rows = {
        **hers.talked_about(case), **hers.of_her_family(case), **hers.of_her_help(case.benefit),
        **hers.at_the_doors(case, "nothing"), **hers.of_her_money(run.lines.get(), case.benefit),
    }  # fmt: skip
    roll = found_on_a_roll(granny.pid, "王桂兰", granny.citizen_no, area=people.VILLAGE)
    return {
        "alerts/<slug:ref>": f"alerts/{alert}",
        "claims/<slug:ref>": f"claims/{rows['claim']}",
        "arrivals/<slug:ref>": f"arrivals/{rows['arrival']}",
        "doors/papers/<slug:ref>": f"doors/papers/{rows['form']}",
        "calls/<slug:ref>": f"calls/{rows['call']}",
        "outreach/<slug:ref>": f"outreach/{rows['offer']}",
        "events/<slug:ref>": f"events/{rows['event']}",
        "precedents/<slug:ref>": f"precedents/{rows['precedent']}",
        "services/in/<slug:ref>": f"services/in/{referral.ref}",
        "services/<slug:ref>": f"services/{referral.ref}",
        "anomalies/<slug:ref>": f"anomalies/{roll['anomaly']}",
        "samples/<slug:ref>": f"samples/{roll['sample']}",
        "checks/<slug:ref>": f"checks/{roll['roll_run']}",
        "orders/<slug:number>": f"orders/{roll['order']}",
        "sources/checks/<slug:check>": f"sources/checks/{case.check_ref}",
        "sources/questions/<slug:ref>": f"sources/questions/{question_of(case)}",
        "one/<slug:code>": "one/deposit",
        "out/<slug:number>": "out/HX2026000001",
        "<int:place>": "1",
        "visit/<slug:ref>": f"visit/{alert}",
        "ask/<slug:ref>": f"ask/{case.ref}",
        "cases/<slug:ref>": f"cases/{case.ref}",
        "sign/<slug:ref>": f"sign/{case.ref}",
        "signing/<slug:who>": f"signing/{case.members.get(pid=case.applicant).ref}",
        "payment/<slug:ref>": f"payment/{run.ref}",
        "story/<slug:subject>": f"story/{case.ref}",
        "supervision/<slug:code>": "supervision/PR-01",
        "object/<slug:ref>": f"object/{case.ref}",
        "changes/<slug:ref>": f"changes/{change.ref}",
        "rule/<slug:code>": "rule/A01",
        "number/<str:name>": "number/A01.threshold",
        "elsewhere/<slug:ref>": f"elsewhere/{rows['asked_elsewhere']}",
        "benefits/<slug:ref>": f"benefits/{case.benefit.ref}",
        "<slug:happening>": rows["happening"],
        "<slug:review>": rows["again"],
        "<slug:follow>": rows["asking"],
        "<slug:adjustment>": rows["adjustment"],
        "<slug:agreement>": rows["agreement"],
        "facts/<slug:name>": "facts/hh_income_year",
        "<slug:programme>": "dibao",
        "<slug:pid>": case.applicant,
        "<slug:receipt>": "99010126000099",
        "<str:area>": people.VILLAGE,
        "senders/<slug:code>": "senders/nobody",
        "<str:ref>": "x" * 22,
        "<slug:decision>": "nothing",
        "<slug:department>": "civil_affairs",
        "part/<slug:name>": "part/looks",
        "<slug:check>": "1",
        "<slug:kind>": "csv",
        "<int:row>": "4",
        "<int:refusal>": "1",
        "papers/<slug:code>": "papers/visit",
        "scan/<slug:number>": f"scan/{case.receipt}",
        "letters/<slug:ref>": f"letters/{letter_of(case)}",
        "sheets/<slug:ref>": f"sheets/{letter_of(case)}",
        "<slug:survey>": case.surveys.first().ref,
        "<slug:inquiry>": rows["inquiry"],
        "<slug:meeting>": rows["meeting"],
        "<slug:question>": "q1",
        "<slug:member>": "nobody",
        "<slug:line>": "l1",
        "<slug:county>": people.COUNTY,
        "<slug:month>": "2026-08",
        "<slug:area>": people.TOWNSHIP,
        "<slug:row>": rows["strange"],
        "<slug:once>": "once1",
        "<slug:exchange>": "nothing",
        "<slug:place>": "990200",
        "<slug:policy>": "nothing",
        "<slug:leave>": rows["leave"],
        "<slug:paper>": "nothing",
        "<slug:ref>": "nothing",
        "<int:number>": "1",
        "<int:seq>": "1",
    }


def letter_of(case):
    """The letter of a case's decision, printed."""
    from doudi.casework import actions

    about = case.decisions.get().ref
    body = {"title": "信", "office": "县", "parts": [], "spoken": []}
    return actions.print_sheet(
        ref=case.ref, code="confirmed", body=body, about=about, by=people.clerk_li(), at=staged.TODAY
    ).ref  # fmt: skip


def question_of(case):
    """One of the questions of a case's check."""
    return Question.objects.filter(check_asked__ref=case.check_ref).first().ref


def fill(address, stage):
    for place, value in stage.items():
        address = address.replace(place, value)
    assert "<" not in address, address
    return address


def ask(client, address, view):
    """Ask as the page wants to be asked."""
    answer = client.get(address)
    return client.post(address) if answer.status_code == 405 else answer


def test_there_is_something_to_try():
    assert len(PAGES) > 50


def test_strangers_are_sent_to_sign_in(client, stage):
    for name, address, view in PAGES:
        answer = ask(client, fill(address, stage), view)
        assert answer.status_code == 302 and answer.url.startswith("/desk/login/"), name


FOREIGN = {role: people.OTHER_COUNTY for role in Role if role != Role.RESIDENT}
FOREIGN[Role.TOWNSHIP], FOREIGN[Role.VILLAGE] = people.OTHER_TOWNSHIP, people.OTHER_VILLAGE


@pytest.mark.parametrize("role", list(FOREIGN))
def test_another_place_learns_nothing(client, stage, role):
    """Neither a name nor a case, alert or run of 石磨村 reaches the same post elsewhere, read or written."""
    staged.signed_in(client, people.clerk(f"x-{role}", "外地", role, FOREIGN[role]))
    secrets = {value.rpartition("/")[2] for place, value in stage.items() if "ref>" in place and value != "nothing"}
    for name, address, view in PAGES:
        if view.permit in ACTS and role not in ACTS[view.permit][1]:
            continue  # the door before the page is closed wherever they work: the next test says so
        answer = ask(client, fill(address, stage), view)
        allowed = {200, 302, 422} if name in LISTS else {403, 404}
        assert answer.status_code in allowed | {403, 404}, (name, answer.status_code)
        if answer.status_code == 200:
            words = b"".join(answer).decode() if answer.streaming else answer.content.decode()
            assert "王桂兰" not in words and "王*兰" not in words, name
            if name != "oversight:journal":  # the journal holds refs of everything, and nothing about anybody
                assert not [one for one in secrets if one in words], name


@pytest.mark.parametrize("role", list(FOREIGN))
def test_a_post_opens_what_the_table_says(client, stage, role):
    """In their own place, a page whose act the role lacks answers 403, never 200."""
    area = {Role.TOWNSHIP: people.TOWNSHIP, Role.VILLAGE: people.VILLAGE}.get(role, people.COUNTY)
    staged.signed_in(client, people.clerk(f"y-{role}", "本地", role, area))
    for name, address, view in PAGES:
        answer = ask(client, fill(address, stage), view)
        if role not in ACTS[view.permit][1]:
            assert answer.status_code == 403, (name, answer.status_code)
        else:
            assert answer.status_code != 403 or view.permit not in ACTS, name
