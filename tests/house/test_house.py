"""Imports, links, privacy of columns, guarded pages, tests that run, the live schema."""

from __future__ import annotations

import ast
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.urls import URLPattern, URLResolver, get_resolver
from importlinter.cli import lint_imports

from doudi.office import core
from house.tree import ROOMS, TESTS, parsed

PRIVACY = {"open", "internal", "personal", "sensitive"}
TABLES = [model for room in ROOMS for model in apps.get_app_config(room).get_models(include_auto_created=True)]

PLAIN = {"name", "names", "number", "no", "phone", "account", "body"}
NOT_PLAIN = {"masked", "shown", "blind", "bank"}

# Pages anybody may open, by name. A new one is added here on purpose, or not at all.
OPEN_PAGES = {
    "desk-login",
    "desk-logout",
    "look",  # elder mode, language
    "gallery",
    "phone:sign-in",
    "phone:code",
    "public:home",
    "public:ask",
    "public:standards",
    "public:helpers",
    "public:shown",
    "public:object",
    "public:objection-answer",  # by the number of a slip: nothing of the family
    "public:results",
    "public:report-check",  # whether a report is real; nobody's name
    "public:report-proof",
    "api:check",
    "public:reasons-check",  # the number of a printed sheet, nobody's name
    "public:sheet",
    "public:papers",  # blank forms
    "public:paper",
    "public:paper-pdf",
    "public:paper-check",  # whether a printed paper is ours; nobody's name
    "public:progress",
    "public:progress-of",
    "public:figures",
    "public:figures-csv",
    "api-docs",
    "api:api-root",
    "api:health",
    "api:openapi-json",
    "api:progress",
    "demo:desk",  # the demo's own pages are served in a demo only
    "demo:clock",
    "demo:sms",
}


def test_django_finds_nothing_wrong() -> None:
    call_command("check", fail_level="WARNING")


def test_imports_keep_to_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TESTS.parent)
    assert lint_imports(no_cache=True) == 0


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.label)
def test_every_column_says_how_private_it_is(model: type[models.Model]) -> None:
    said = getattr(model, "PRIVACY", {})
    assert set(said) == {field.name for field in model._meta.local_fields}
    assert set(said.values()) <= PRIVACY


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.label)
def test_names_numbers_and_texts_of_people_are_sealed(model: type[models.Model]) -> None:
    """A personal column called name, number, phone, account or body is sealed; masked and blind ones say so in their name."""
    if model._meta.label == "office.Clerk":
        return  # clerks sign in by name and are known to the public
    for field in model._meta.local_fields:
        words = set(field.name.split("_"))
        if model.PRIVACY[field.name] not in ("personal", "sensitive") or words & NOT_PLAIN:  # type: ignore[attr-defined]
            continue
        if words & PLAIN:
            hashed = model._meta.label == "office.SignInCode"
            assert hashed or isinstance(field, models.BinaryField), f"{model._meta.label}.{field.name}"


def test_links_to_other_rooms_cannot_be_walked_upward() -> None:
    wrong = [
        f"{model._meta.label}.{field.name}"
        for model in TABLES
        for field in model._meta.local_fields
        if field.remote_field
        and field.related_model._meta.app_label != model._meta.app_label  # type: ignore[union-attr]
        and not (field.remote_field.related_name or "").endswith("+")
    ]
    assert not wrong, 'add related_name="+"'


def names_in(condition: object) -> set[str]:
    """The columns a constraint speaks of."""
    if isinstance(condition, models.Q):
        return {name for child in condition.children for name in names_in(child)}
    return {str(condition[0]).partition("__")[0]} if isinstance(condition, tuple) else set()


def test_who_and_when_go_together() -> None:
    """A moment that comes later (`x_at`, empty at first) and who did it (`x_by`) are tied in the database."""
    loose = []
    for model in TABLES:
        columns = {field.name: field for field in model._meta.local_fields}
        ties = [names_in(one.condition) for one in model._meta.constraints if isinstance(one, models.CheckConstraint)]
        for name, field in columns.items():
            who = name.removesuffix("_at") + "_by"
            if name.endswith("_at") and field.null and who in columns and not any({name, who} <= tie for tie in ties):
                loose.append(f"{model._meta.label}.{name}")
    assert not loose, "add a CheckConstraint: both or neither"


def test_no_workflow_in_tables() -> None:
    wrong = [model._meta.label for model in TABLES if "save" in vars(model) or "delete" in vars(model) or model._meta.ordering]
    assert not wrong


# ---- the live schema ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    out = StringIO()
    call_command("makemigrations", *ROOMS, check=True, dry_run=True, stdout=out, skip_checks=True)
    assert "No changes" in out.getvalue()


@pytest.mark.django_db
def test_every_constraint_and_index_is_really_in_the_database() -> None:
    missing = []
    with connection.cursor() as cursor:
        for model in TABLES:
            there = connection.introspection.get_constraints(cursor, model._meta.db_table)
            wanted = [constraint.name for constraint in model._meta.constraints] + [index.name for index in model._meta.indexes]
            missing += [f"{model._meta.label}.{name}" for name in wanted if name not in there]
    assert not missing


# ---- pages --------------------------------------------------------------------------------------------------------------


def pages(patterns: list[URLPattern | URLResolver], prefix: str = "", space: str = "") -> list[tuple[str, str, object]]:
    """(address, name, view) of every page."""
    found = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            found += pages(pattern.url_patterns, prefix + str(pattern.pattern), inner)
        else:
            found.append((prefix + str(pattern.pattern), f"{space}{pattern.name or ''}", pattern.callback))
    return found


def test_every_page_says_who_may_see_it() -> None:
    unguarded, opened, unknown = [], set(), []
    for address, name, view in pages(get_resolver().url_patterns):
        permit = getattr(view, "permit", None)
        if permit is None:
            unguarded.append(address)
        elif permit == "open":
            opened.add(name)
        elif permit not in ("resident", "token") and permit not in core.ACTS:
            unknown.append(f"{address} {permit}")
    assert not unguarded, "add @permit, @resident or @open_page"
    assert not unknown, "not an act of office.core.ACTS"
    assert opened == OPEN_PAGES


# ---- tests that run -----------------------------------------------------------------------------------------------------


def test_every_test_file_holds_tests_and_none_is_put_aside() -> None:
    empty, aside = [], []
    for path in sorted(TESTS.rglob("test_*.py")):
        tree = parsed(path)
        nodes = list(ast.walk(tree))
        if not any(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in nodes):
            empty.append(path.name)
        aside += [
            f"{path.name}:{node.lineno}"
            for node in nodes
            if isinstance(node, ast.Attribute) and node.attr in ("skip", "xfail", "importorskip")
        ]
    assert not empty and not aside
    named = [path.name for path in TESTS.rglob("*_test.py")]
    assert not named, "pytest does not collect these"
