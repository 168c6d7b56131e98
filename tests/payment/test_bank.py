"""The bank's file: exact to the fen, harmless in a spreadsheet, and its answers."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.facts import money
from doudi.payment.core import WrongReturns
from doudi.payment.gateways import banks
from doudi.payment.gateways.banks import BankSaid, Payee
from doudi.payment.gateways.banks import comma as bank

names = st.text(min_size=1, max_size=12)
payees = st.builds(
    Payee,
    line=st.uuids().map(lambda found: found.hex[:20]),
    name=names,
    bank=st.text(max_size=10),
    account=st.from_regex(r"[0-9]{8,19}", fullmatch=True),
    amount_fen=st.integers(1, 10**9),
    month=st.dates(date(2026, 1, 1), date(2030, 12, 31)),
)


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


@given(st.lists(payees, max_size=30))
def test_the_closing_line_is_the_sum_of_the_lines_to_the_fen(some):
    found = rows(bank.write("990101-202608", some))

    body, last = found[1:-1], found[-1]
    assert len(body) == len(some) == int(last[7])
    assert sum(money.fen(row[6]) for row in body) == money.fen(last[6]) == sum(one.amount_fen for one in some)
    assert [row[5] for row in body] == [one.account for one in some]


@given(st.sampled_from("=+-@"), names)
def test_no_text_is_run_as_a_formula(sign, name):
    payee = Payee("l", sign + name, "\t" + sign + name, "62305200", 1, date(2026, 8, 1))

    row = rows(bank.write("n", [payee]))[1]

    assert all(cell[:1] not in "=+-@\t\r" for cell in (row[3], row[4]))


@given(st.binary(max_size=400))
def test_whatever_comes_back_is_read_or_refused_in_words(content):
    try:
        bank.read(content)
    except WrongReturns as why:
        assert str(why)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("行号,结果\n1,成功\n", "金额"),
        ("行号,结果,金额\n1,好了,1\n", "看不懂"),
        ("行号,结果,金额\n1,成功,一元\n", "第 2 行"),
        ("行号,结果,金额\n1,成功,1\n1,成功,1\n", "两次"),
        ("行号,结果,金额\n,成功,1\n", "没有行号"),
    ],
)
def test_a_wrong_answer_names_its_line(text, said):
    with pytest.raises(WrongReturns, match=said):
        bank.read(text.encode())


def test_an_answer_in_gb18030_is_read():
    found = bank.read("行号,结果,金额,原因\nabc,失败,12.50,账户已销户\n".encode("gb18030"))

    assert found == [BankSaid("abc", False, 1250, "账户已销户", 2)]


@given(st.lists(payees, max_size=10))
def test_fixed_widths_and_control_totals_say_the_same_sums(some):
    total = sum(one.amount_fen for one in some)

    head, *body = banks.FORMS["fixed"].write("990101-202608", some).split(b"\r\n")
    assert (int(head[25:33]), int(head[33:51])) == (len(some), total)
    assert [int(row[121:136]) for row in body if row] == [one.amount_fen for one in some]
    assert all(len(row) == 142 for row in body if row)

    rows = [row.split("|") for row in banks.FORMS["control"].write("990101-202608", some).decode().split("\n") if row]
    assert rows[0][2:] == rows[-1][1:] == [str(len(some)), str(total), str(sum(int(one.account[-4:]) for one in some))]
    assert all(len(row) == 7 for row in rows[1:-1])


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"R" + b"abc".ljust(20) + b"0" + b"%015d" % 1250 + b"\r\n", [BankSaid("abc", True, 1250, "", 1)]),
        (
            "R|abc|00|1250|\nR|def|07|5|已销户\nT|2|1255\n".encode(),
            [BankSaid("abc", True, 1250, "", 1), BankSaid("def", False, 5, "已销户", 2)],
        ),
    ],
)
def test_answers_are_read_in_the_format_they_are_written_in(content, found):
    assert banks.read(content) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("R|abc|00|1250|\n", "没有最后的合计"),
        ("R|abc|00|1250|\nT|1|1251\n", "对不上"),
        ("Rabc\r\n", "定长"),
        ("R|a|00|x|\nT|1|0\n", "整数"),
        ("行号,结果,金额\na\0,成功,1\n", "空字符"),
    ],
)
def test_a_file_cut_short_or_wrongly_summed_is_refused(text, said):
    with pytest.raises(WrongReturns, match=said):
        banks.read(text.encode())


def test_a_line_goes_to_the_bank_people_mean():
    assert [banks.bank_of(text).code for text in ("中国邮储银行", "农行柳塘支行", "农信社", "")] == [
        "postal",
        "agricultural",
        "agent",
        "agent",
    ]
