"""How much a clerk has to type: each staff screen keeps to its budget, and asks for nothing that is known already."""

import re

import pytest

import people
from doudi.casework import actions
from doudi.casework.core import burden
from web import staged

pytestmark = pytest.mark.django_db

TYPED = re.compile(r"<(textarea|input)\b([^>]*)>")
NOT_TYPED = {"hidden", "radio", "checkbox", "submit", "file", "search", "button"}
KNOWN = {"applicant", "citizen_no", "number", "birthday", "born_on", "address", "receipt"}  # a case holds these
PLAIN = {
    "register": "/desk/register/",
    "call": "/desk/doors/calls/new/",
    "leave": "/desk/leave/",
    "calendar": "/desk/calendar/",
}


def typed(html):
    """Names of the fields of a page's main part one types into."""
    main = html[html.index("<main") : html.index("</main>")]
    found = []
    for tag, attributes in TYPED.findall(main):
        kind = re.search(r'type="(\w+)"', attributes)
        if tag == "textarea" or (kind.group(1) if kind else "text") not in NOT_TYPED:
            name = re.search(r'name="([^"]+)"', attributes)
            found.append(
                re.sub(r"^(q|say)[0-9a-f]+", r"\1", name.group(1)) if name else "?"
            )  # questions have the same form by turns
    return found


def opened(screen):
    """Who opens a screen of the budget, and where."""
    if screen in PLAIN:
        return people.keeper_wu() if screen == "calendar" else people.clerk_li(), PLAIN[screen]
    if screen == "window":
        draft = actions.start_draft(pid=people.granny_wang().pid, channel="window", by=people.clerk_li(), at=staged.TODAY)
        return people.clerk_li(), f"/desk/register/{draft.ref}/"
    case = getattr(staged, screen)()
    return people.officer_zhao() if screen == "at_county" else people.clerk_li(), f"/desk/cases/{case.ref}/"


@pytest.mark.parametrize("screen", burden.screens().values(), ids=list(burden.screens()))
def test_a_screen_keeps_to_its_budget_and_asks_nothing_twice(client, monkeypatch, screen):
    staged.set_the_stage(monkeypatch)
    people.clerk_li(), people.keeper_wu()
    who, address = opened(screen.code)
    answer = staged.signed_in(client, who).get(address)
    assert answer.status_code == 200, answer.status_code
    fields = typed(answer.content.decode())
    assert 0 < len(set(fields)) <= screen.most, fields
    if address.startswith("/desk/cases/"):
        assert not KNOWN & {name.rpartition("-")[2] for name in fields}, "the case holds this already"
