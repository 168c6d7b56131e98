"""Every reason there is has words for people and a line in the reference."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from doudi.exchange.core import REASONS

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "reference" / "feeds.md").read_text("utf-8")
SOURCE = "\n".join(
    path.read_text("utf-8") for room in ("engine", "exchange") for path in sorted((ROOT / "src" / "doudi" / room).glob("*.py"))
)


def reasons_given() -> set[str]:
    """What the readers of cells and lines can answer: the second of `return None, …`, and the second of `Line(…)`."""
    found: set[str] = set()
    for path in (ROOT / "src/doudi/engine/cells.py", ROOT / "src/doudi/engine/csv_text.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            second: ast.expr | None = None
            if isinstance(node, ast.Tuple) and len(node.elts) == 2 and getattr(node.elts[0], "value", None) is None:
                second = node.elts[1]
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Line" and len(node.args) == 2:
                second = node.args[1]
            if second is not None:
                found |= {one.value for one in ast.walk(second) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return {reason for reason in found if re.fullmatch("[a-z_]{4,}", reason)} | {"empty"}


def test_every_reason_of_a_rejected_row_is_told() -> None:
    assert reasons_given() == set(REASONS) - {"not_a_message"}  # which is no row yet: a broker's message that is no JSON
    for reason, (message, fix) in REASONS.items():
        assert message and fix
        assert f"`{reason}`" in REFERENCE


def test_every_reason_of_a_refused_file_is_told() -> None:
    refusals = set(re.findall(r'Refused\(\s*"([a-z_]+)"', SOURCE))
    assert len(refusals) > 15
    assert {reason for reason in refusals if f"`{reason}`" not in REFERENCE} == set()
