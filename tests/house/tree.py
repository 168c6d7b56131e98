"""The source as the house tests read it: files, their syntax trees, the rooms."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

import doudi

SOURCE = Path(doudi.__file__).parent
TESTS = Path(__file__).parent.parent
ROOMS: list[str] = settings.ROOMS


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def modules(folder: Path = SOURCE) -> Iterator[Path]:
    """Every Python file of the source but the migrations, which Django writes."""
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def drawer(room: str, name: str) -> list[Path]:
    """The files of one drawer of a room: a module, or a package of the same name."""
    folder = SOURCE / room / name
    return sorted(folder.glob("*.py")) if folder.is_dir() else [p for p in (SOURCE / room / f"{name}.py",) if p.exists()]


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(SOURCE)}:{getattr(node, 'lineno', 0)}"


def dotted(node: ast.AST) -> str:
    """A call's or attribute's name as written: `office.record`, `Person.objects.filter().update`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return f"{dotted(node.func)}()"
    if isinstance(node, ast.Subscript):
        return f"{dotted(node.value)}[]"
    return "?"


@cache
def calls(tree: ast.AST) -> list[tuple[ast.Call, str]]:
    """Every call below, as it stands and as written; each tree is walked once for all tests."""
    return [(node, dotted(node.func)) for node in ast.walk(tree) if isinstance(node, ast.Call)]
