"""One act = one transaction = one journal line; only acts write; only pages and jobs read the clock."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from house.tree import ROOMS, SOURCE, calls, dotted, drawer, modules, parsed, where

# Public functions of actions that are not acts, each with its reason.
NOT_ACTS = {
    ("office", "party"): "names who did it; writes nothing",
    ("office", "next_number"): "a step of acts, which locks its counter and so can only be taken inside one",
    ("office", "look"): "asks whether the look is noted already, which may wait for nobody; notes it in a transaction of its own",
    ("office", "room_to_write"): "gives SQLite memory while an act writes very many rows; writes nothing",
    ("office", "deliver"): "hands a message out, which no transaction may hold; notes it by mark_sent or mark_failed",
}
# Acts that leave no line of their own, each with its reason.
NO_LINE = {
    ("office", "record_all"): "is the journal",
    ("exchange", "use_nonce"): "keeps a signed request from coming twice; what the request does leaves its own line",
    ("office", "sign_checkpoint"): "speaks about the journal as it stands; a line would change what it speaks about",
}


@cache
def acts(room: str) -> dict[str, tuple[Path, ast.FunctionDef]]:
    """Every function of a room's actions, by name."""
    found = {}
    for path in drawer(room, "actions"):
        for node in parsed(path).body:
            if isinstance(node, ast.FunctionDef):
                found[node.name] = (path, node)
    return found


def public(room: str) -> list[tuple[str, Path, ast.FunctionDef]]:
    """The acts a room offers: the public functions of its module, or what its package of actions hands out."""
    package = SOURCE / room / "actions" / "__init__.py"
    offered = None
    if package.exists():
        imports = [node for node in parsed(package).body if isinstance(node, ast.ImportFrom)]
        offered = {alias.asname or alias.name for node in imports for alias in node.names}
    return [
        (name, path, node)
        for name, (path, node) in acts(room).items()
        if not name.startswith("_") and (offered is None or name in offered) and (room, name) not in NOT_ACTS
    ]


def reaches_the_journal(room: str, name: str, seen: set[str]) -> bool:
    """Whether a function writes a line, itself or through functions of its room's actions."""
    if name in seen or name not in acts(room):
        return False
    seen.add(name)
    for _, called in calls(acts(room)[name][1]):
        last = called.rpartition(".")[2]
        if last in ("record", "record_all"):
            return True
        if last != name and reaches_the_journal(room, last, seen):
            return True
    return False


def test_the_exceptions_still_exist() -> None:
    for room, name in [*NOT_ACTS, *NO_LINE]:
        assert name in acts(room)


@pytest.mark.parametrize("room", ROOMS)
def test_every_act_is_one_transaction(room: str) -> None:
    loose = [where(path, node) for _, path, node in public(room) if "transaction.atomic" not in map(dotted, node.decorator_list)]
    assert not loose, "add @transaction.atomic"


@pytest.mark.parametrize("room", ROOMS)
def test_every_act_leaves_a_line_in_the_journal(room: str) -> None:
    silent = [
        where(path, node)
        for name, path, node in public(room)
        if (room, name) not in NO_LINE and not reaches_the_journal(room, name, set())
    ]
    assert not silent, "end the act with office.record(…)"


@pytest.mark.parametrize("room", ROOMS)
def test_every_act_is_told_who_and_when_by_name(room: str) -> None:
    """`by` and `at` are keyword-only; at most the rows to write come before them. A sign-in is by who is named."""
    own = {("office", "record"), ("office", "send_code"), ("office", "check_code"), ("office", "pick_post")}
    wrong = []
    for name, path, node in public(room):
        if (room, name) in NO_LINE or (room, name) in own:
            continue
        names = {argument.arg for argument in node.args.kwonlyargs}
        if len(node.args.args) > 1 or not {"by", "at"} <= names:
            wrong.append(where(path, node))
    assert not wrong, "acts take keyword-only arguments, among them by= and at="


WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete", "create_user"}


def writes(tree: ast.AST) -> list[tuple[ast.Call, str]]:
    found = []
    for node, name in calls(tree):
        before, _, last = name.rpartition(".")
        on_rows = ".objects" in f".{before}" or before.endswith((".filter()", ".exclude()", ".all()"))
        by_hand = last in ("cursor", "execute", "executemany") and "connection" in before
        if by_hand or last == "raw" or (last == "update" and on_rows) or (last in WRITES and (on_rows or last != "create")):
            found.append((node, name))
    return found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("case.save(update_fields=['x'])", 1),
        ("Case.objects.filter(x=1).update(y=2)", 1),
        ("rows.filter(x=1).delete()", 1),
        ("Case.objects.create(x=1)", 1),
        ("Case.objects.bulk_create(rows)", 1),
        ("connection.cursor().execute('DELETE FROM x')", 2),
        ("Case.objects.raw('SELECT 1')", 1),
        ("seen.update(other)", 0),
        ("Case.objects.filter(x=1).exists()", 0),
    ],
)
def test_a_write_is_seen(line: str, found: int) -> None:
    assert len(writes(ast.parse(line))) == found


def test_only_actions_write() -> None:
    own = {SOURCE / "office" / "models.py"}  # Django's account manager makes clerks; only office.actions.hire calls it
    own.add(SOURCE / "office" / "gateways" / "papers.py")  # a picture is drawn again, in memory: Pillow calls that save
    own.add(SOURCE / "office" / "gateways" / "binding.py")  # and so does a signature that is bound to a file
    own.add(SOURCE / "office" / "gateways" / "turns.py")  # a lock of PostgreSQL is asked for by hand; it changes no row
    allowed = own | {path for room in ROOMS for path in drawer(room, "actions")}
    without_tables = ("facts", "policy", "engine", "config")
    found = [
        f"{where(path, node)} {name}"
        for path in modules()
        if path not in allowed and path.relative_to(SOURCE).parts[0] not in without_tables
        for node, name in writes(parsed(path))
    ]
    assert not found, "move it into an act"


READS_THE_CLOCK = {
    SOURCE / "office" / "queries" / "clock.py": "the one place",
    SOURCE / "engine" / "lake.py": "the age of drafts left behind by a process that died",
}
CLOCKS = (
    ".datetime.now",
    ".datetime.utcnow",
    ".datetime.today",
    ".date.today",
    ".timezone.now",
    ".localdate",
    ".localtime",
    ".time.time",
)


def test_only_one_place_reads_the_clock() -> None:
    """Pages and jobs ask `office.queries.now`, which knows the demo's time; everybody else is told."""
    found = []
    for path in modules():
        if path in READS_THE_CLOCK or path.relative_to(SOURCE).parts[0] == "config":
            continue
        found += [where(path, node) for node, name in calls(parsed(path)) if f".{name}".endswith(CLOCKS) and not node.args]
    assert not found, "use doudi.office.queries.now, or take at= / on="


def test_acts_and_rules_do_not_even_ask_for_now() -> None:
    found = []
    for path in modules():
        parts = path.relative_to(SOURCE).parts
        if parts[0] in ROOMS and path.stem != "jobs" and "jobs" not in parts and path != SOURCE / "office" / "queries.py":
            found += [where(path, node) for node, name in calls(parsed(path)) if name in ("now", "queries.now", "office.now")]
    assert not found, "acts and queries take at= or on="
