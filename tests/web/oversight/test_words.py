"""Every act the journal can hold has words an auditor understands."""

import re
from pathlib import Path

import doudi
from doudi.web.oversight.words import ACTS, act_words

SOURCE = Path(doudi.__file__).parent
SAVED = {"hardship", "household", "income", "account"}  # the steps of an application, recorded by name


def acts_in_the_code() -> set[str]:
    found = {f"casework.save_{step}" for step in SAVED}
    for path in (*SOURCE.glob("*/actions.py"), *SOURCE.glob("*/actions/*.py")):
        text, room = path.read_text(), path.relative_to(SOURCE).parts[0]
        found |= set(re.findall(r'\brecord(?:_all)?\(\s*"([a-z]+\.[a-z_]+)"', text))
        found |= {f"{room}.{act}" for act in re.findall(r'\b(?:keep|_closed)\(case, "([a-z_]+)"', text)}
    return found


def test_every_act_has_words() -> None:
    assert len(acts_in_the_code()) > 40
    assert acts_in_the_code() - set(ACTS) == set()


def test_an_act_without_words_stays_readable() -> None:
    assert act_words("office.unheard_of") == "office.unheard_of"
