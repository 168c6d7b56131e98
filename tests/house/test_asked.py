"""Nobody has to write down what a connected source can tell: each field of an application names the fact it asks."""

import re
import tomllib
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms

import doudi.web
from doudi.exchange import queries as exchange

WEB = Path(doudi.web.__file__).parent
ASKED = tomllib.loads((WEB / "parts/asked.toml").read_text())
DRAFT = SimpleNamespace(hardships=(), story="", members=(), incomes=(), account=SimpleNamespace(known=None))
GIVEN = {"WindowForm": {"draft": DRAFT}, "HelpForm": {"asked": ()}, "KeepForm": {"places": []}}
NEEDS = "required|aria-required"
FORMS = [name for name in ASKED if name.startswith("doudi.")]
PAGES = [name for name in ASKED if name.endswith(".html")]


def told_by_a_source(fact: str) -> bool:
    """Whether a written contract has this column."""
    dataset, _, column = fact.partition(".")
    contract = exchange.contracts().get(dataset)
    return contract is not None and column in {field.name for field in contract.columns}


def asks_in_vain(fields: dict[str, bool], declared: dict[str, str]) -> list[str]:
    """Fields that must be filled in though a source tells them. `fields`: name → whether it is required."""
    return sorted(name for name, required in fields.items() if required and told_by_a_source(declared[name]))


def form_of(name: str) -> forms.Form:
    module, _, cls = name.rpartition(".")
    return getattr(import_module(module), cls)(**GIVEN.get(cls, {}))


@pytest.mark.parametrize("name", FORMS)
def test_no_form_demands_what_a_source_tells(name):
    fields = {field: one.required for field, one in form_of(name).fields.items()}
    assert set(fields) <= set(ASKED[name]), "say in parts/asked.toml which fact each field asks"
    assert asks_in_vain(fields, ASKED[name]) == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_of_the_phone_demands_what_a_source_tells(name):
    written = re.findall(r"<(?:input|select|textarea)\b[^>]*>", (WEB / name).read_text())
    fields = {}
    for one in written:
        said = re.search(r'\bname="([^"]+)"', one)
        if said and "hidden" not in one:
            field = {"{{ one.field }}": "member", "{{ line.field }}": "line"}.get(said[1], said[1])
            fields[field] = bool(re.search(rf"\b({NEEDS})\b", one))
    assert set(fields) <= set(ASKED[name]), "say in parts/asked.toml which fact each field asks"
    assert asks_in_vain(fields, ASKED[name]) == []


def test_every_form_where_an_application_begins_is_named():
    for module in ("doudi.web.desk.register.forms", "doudi.web.phone.apply.proxy"):
        classes = [one for one in vars(import_module(module)).values() if isinstance(one, type) and issubclass(one, forms.Form)]
        mine = {f"{module}.{one.__name__}" for one in classes if one.__module__ == module}
        assert mine <= set(ASKED)
    pages = {f"phone/apply/{path.name}" for path in (WEB / "phone/apply").glob("*.html") if "<input" in path.read_text()}
    assert pages - {"phone/apply/step.html", "phone/apply/proxy.html"} <= set(ASKED)


def test_a_fact_named_is_one_a_contract_has():
    named = {fact for form in ASKED.values() for fact in form.values() if fact}
    assert named and all(told_by_a_source(fact) for fact in named)


def test_a_required_field_that_a_source_tells_is_found():
    assert asks_in_vain({"born_on": True, "story": True}, {"born_on": "hukou.birth_date", "story": ""}) == ["born_on"]
    assert asks_in_vain({"born_on": False}, {"born_on": "hukou.birth_date"}) == []
