"""Every contract is known by its own headings, in whatever words, order and company; none is taken for another."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.engine.contract import BadContract, Column, Contract, plain_header, read_contract, read_contracts
from doudi.engine.recognise import Refused, recognise
from doudi.exchange import queries
from examples import some

CONTRACTS = queries.contracts()


@pytest.mark.parametrize("code", CONTRACTS)
@settings(max_examples=some(10), deadline=None)
@given(st.data())
def test_a_contract_is_known_by_its_headings(code: str, data: st.DataObject) -> None:
    contract = CONTRACTS[code]
    columns = data.draw(st.permutations(contract.columns))
    headings = [data.draw(st.sampled_from((column.label, column.name, *column.aliases))) for column in columns]
    extra = data.draw(st.lists(st.sampled_from(["序号", "备注", "填表人"]), max_size=2, unique=True))
    titles = data.draw(st.lists(st.just(["某某市统计表", "", ""]), max_size=3))
    match = recognise([*titles, [*extra, *headings], ["1", "2"]], CONTRACTS)
    assert match.contract.code == code
    assert match.heading_row == len(titles)
    assert {name: match.headings[at] for name, at in match.positions.items()} == {
        column.name: heading for column, heading in zip(columns, headings, strict=True)
    }
    assert set(match.extra) == set(extra) and match.absent == ()


@pytest.mark.parametrize("code", CONTRACTS)
def test_a_required_column_must_be_there(code: str) -> None:
    contract = CONTRACTS[code]
    for missing in contract.columns:
        headings = [column.label for column in contract.columns if column is not missing]
        if missing.required:
            with pytest.raises(Refused) as why:
                recognise([headings], CONTRACTS, dataset=code)
            assert why.value.reason in ("missing_column", "wrong_file")
            assert missing.label in str(why.value)
        else:
            match = recognise([headings], CONTRACTS, dataset=code)
            assert (match.contract.code, match.absent) == (code, (missing.label,))


def test_what_a_manifest_names_must_fit() -> None:
    headings = [column.label for column in CONTRACTS["tekun"].columns]
    with pytest.raises(Refused, match="特困供养在册"):
        recognise([headings], CONTRACTS, dataset="dibao")


def test_a_heading_in_ten_thousands_of_yuan() -> None:
    headings = [column.label if column.name != "amount_month" else "月金额（万元）" for column in CONTRACTS["tekun"].columns]
    assert recognise([headings], CONTRACTS).factors == {"amount_month": 10_000}


def test_headings_are_compared_without_dress() -> None:
    assert plain_header("　*公民 身份\u200b号码：") == plain_header("公民身份号码")
    assert plain_header("村（社区）代码") == plain_header("村(社区)代码")


def contract_file(folder: Path, text: str, name: str = "x") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(
        'code = "x"\nlabel = "x"\ndepartment = "x"\ndepartment_code = "x"\nrhythm = "monthly"\narrives = "csv"\n'
        f'sensitivity = "open"\nbasis = "x"\nkey = ["a"]\nversion = 1\n{text}',
        "utf-8",
    )
    return path


GOOD = '[[column]]\nname = "a"\nlabel = "甲"\ntype = "text"\n'


@pytest.mark.parametrize(
    "text",
    [
        "",
        GOOD.replace('"text"', '"string"'),
        GOOD.replace('"a"', '"A b"'),
        GOOD.replace('"甲"', '"甲"\ncolour = "red"'),
        GOOD + GOOD,
        GOOD + GOOD.replace('"a"', '"b"'),
        GOOD.replace('"text"', '"code"'),
        GOOD + '[column.codes]\n"1" = ["男"]\n',
        GOOD.replace('"text"', '"code"') + '[column.codes]\n"1" = ["男"]\n"2" = ["男"]\n',
        GOOD.replace('"a"', '"b"'),
    ],
)
def test_a_contract_that_cannot_be_kept_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadContract):
        read_contract(contract_file(tmp_path, text))


def test_contracts_are_read_by_code(tmp_path: Path) -> None:
    contract_file(tmp_path, GOOD)
    (found,) = read_contracts(tmp_path).values()
    assert isinstance(found, Contract) and found.columns == (Column(name="a", label="甲", type="text"),)
    with pytest.raises(BadContract, match="named"):
        read_contract(contract_file(tmp_path, GOOD, name="y"))
