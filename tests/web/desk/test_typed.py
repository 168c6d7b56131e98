"""How much a clerk has to type: each staff screen keeps to its budget, and asks for nothing that is known already."""

import re

import pytest

import people
from web import staged

pytestmark = pytest.mark.django_db

# Screen → the most fields that are typed on it, in all its forms: text, numbers, days. Choices are pressed. It may only fall.
BUDGET = {
    "/desk/register/": 3,
    "/desk/leave/": 2,
    "/desk/calendar/": 4,
    "case submitted": 3,
    "case accepted": 13,
    "case surveyed": 13,
    "case at_county": 9,
}
TYPED = re.compile(r"<(textarea|input)\b([^>]*)>")
NOT_TYPED = {"hidden", "radio", "checkbox", "submit", "file", "search", "button"}
KNOWN = {"applicant", "citizen_no", "number", "birthday", "born_on", "address", "receipt"}  # a case holds these


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


@pytest.mark.parametrize("screen", sorted(BUDGET))
def test_a_screen_keeps_to_its_budget_and_asks_nothing_twice(client, monkeypatch, screen):
    staged.set_the_stage(monkeypatch)
    people.keeper_wu()
    who = people.clerk_li()
    if screen.startswith("case "):
        state = screen.removeprefix("case ")
        case = getattr(staged, state)()
        who = people.officer_zhao() if state == "at_county" else who
        address = f"/desk/cases/{case.ref}/"
    else:
        address = screen
        who = people.keeper_wu() if "calendar" in screen else who
    answer = staged.signed_in(client, who).get(address)
    assert answer.status_code == 200, answer.status_code
    fields = typed(answer.content.decode())
    assert len(set(fields)) <= BUDGET[screen], fields
    if screen.startswith("case "):
        assert not KNOWN & {name.rpartition("-")[2] for name in fields}, "the case holds this already"
