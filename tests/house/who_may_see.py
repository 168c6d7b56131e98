"""Writes docs/reference/who-may-see-what.md out of the permission table and the address table."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
PAGE = HERE.parents[2] / "docs/reference/who-may-see-what.md"
HEAD = """# Who may see what

*Made out of the permission table (`office/core.py`, ACTS) and the address table; do not edit. To make it anew:
`.venv/bin/python tests/house/who_may_see.py`.*

A page opens when the **post** allows its act **and** the place lies in the post's **area**: a township's post sees its villages,
a county's its townships. Nobody sees a person outside: on no list, in no count, export, suggestion or error. One person's page
opens besides only for a **purpose**, which the person can read. Names are masked in lists. A file about a whole city (rows a
department sent wrong) opens only to a post of the whole city. Who lives nowhere known lies in no area.

`tests/web/test_every_path.py` tries every address of site and API with every role from elsewhere, with every parameter and form
field pointing at one person outside, reading and writing, and compares what lists say before that person exists and after.

Searching finds only inside the area, shows at most 20 people and counts to 50+. Every search leaves a line in the journal: who,
when, by what kinds of keys, how many were found; never what was typed. 150 in ten minutes, or 1,500 in a day, stop it.
"""


def written() -> str:
    """The page, as it should stand."""
    from django.urls import get_resolver

    from doudi.office.core import ACTS, Role
    from house.test_house import pages

    roles = [role for role in Role if role != Role.RESIDENT]
    names = " | ".join(role.label for role in roles)
    lines = [HEAD, "## By act\n", f"| act | | {names} |", f"| --- | --- |{' :-: |' * len(roles)}"]
    for act, (label, allowed) in ACTS.items():
        marks = " | ".join("●" if role in allowed else "" for role in roles)
        lines.append(f"| `{act}` | {label} | {marks} |")
    open_to_all = sorted(
        f"- `/{address}`" for address, _, view in pages(get_resolver().url_patterns) if getattr(view, "permit", "") == "open"
    )
    lines += [
        "\n## Pages of residents\n",
        "Everything under `/my/` and `/apply/`: only for the one signed in by a code on their phone.",
    ]
    lines += ["Of others, only their own children under eighteen.", "\n## Open to everybody\n"]
    lines += ["Nobody is named in them but by what the law puts on the board for seven days: a masked name.\n", *open_to_all]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> Any:
    sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[2] / "src")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial_settings")
    import django

    django.setup()
    PAGE.write_text(written(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv)
