"""`doudi journal`: one object on standard output, exit codes 0, 1, 2."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from doudi.config.cli import cli
from doudi.office import actions
from doudi.office.models import JournalEntry
from people import HALL, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lines() -> None:
    actions.record_all([("hall.act", "s", {"number": number}) for number in range(300)], by=HALL, at=NOON)


def run(*words: str, text: str | None = None) -> tuple[int, Any]:
    done = CliRunner().invoke(cli, ["journal", *words, "--json"], input=text)
    assert done.stdout.count("\n") == 1, done.output
    return done.exit_code, json.loads(done.stdout)


def test_verify_says_whole_and_names_what_is_not() -> None:
    code, told = run("verify")
    assert (code, told["whole"], told["lines"], told["findings"]) == (0, True, 300, [])
    JournalEntry.objects.filter(seq=7).update(act="hall.other")
    code, told = run("verify")
    assert (code, told["whole"], told["found"]) == (1, False, 1)
    assert told["findings"][0] == {
        "table": "JournalEntry",
        "seq": 7,
        "field": "act",
        "words": "line 7: act was changed (it was 'hall.act')",
    }
    plain = CliRunner().invoke(cli, ["journal", "verify"])
    assert plain.exit_code == 1 and "line 7: act was changed" in plain.stdout


def test_prove_and_check_and_a_proof_that_does_not_hold() -> None:
    code, proof = run("prove", "299")
    assert code == 0
    assert run("check", "-", text=json.dumps(proof))[1]["line"]["detail"] == {"number": 299}
    assert run("check", "-", "--key", proof["key"], text=json.dumps(proof))[0] == 0
    code, told = run("check", "-", text=json.dumps(proof | {"leaf": proof["leaf"].replace("299", "298")}))
    assert (code, told["proven"]) == (1, False)
    assert run("check", "-", text="{}")[0] == 1
    assert run("check", "-", text="no json")[0] == 2
    code, growth = run("prove", "--consistency", "256")
    assert code == 0 and run("check", "-", text=json.dumps(growth))[1]["old"] == 256


def test_prove_says_what_it_could_not() -> None:
    assert run("prove", "300")[0] == 2
    assert run("prove")[0] == 2
    assert run("prove", "3", "--consistency", "4")[0] == 2
    assert run("prove", "--consistency", "301")[0] == 2
    JournalEntry.objects.filter(seq=299).update(hash=bytes(32))
    assert run("prove", "298")[0] == 1


def test_export_sign_and_verify_against(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert run("sign") == (0, {"signed": 300})
    code, told = run("export", str(folder))
    assert (code, told["lines"], told["files_written"]) == (0, 300, 7)
    assert run("export", str(folder))[1]["files_written"] == 0
    assert run("verify", "--against", str(folder))[0] == 0
    assert run("verify", "--against", str(tmp_path / "nowhere"))[0] == 2
    (folder / "tile/0/000").write_bytes(bytes(8192))
    assert run("verify", "--against", str(folder))[0] == 1


def test_a_proof_is_checked_where_there_is_no_database_and_no_home(tmp_path: Path) -> None:
    (tmp_path / "proof.json").write_text(json.dumps(run("prove", "5")[1]), encoding="utf-8")
    words = [sys.executable, "-c", "from doudi.config.cli import cli; cli()", "journal", "check", "proof.json", "--json"]
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("DOUDI", "DJANGO", "DATABASE"))}
    done = subprocess.run(words, cwd=tmp_path, env=bare, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["seq"]) == (0, 5), done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["proof.json"]
