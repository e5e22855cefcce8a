"""Flags take days and numbers as people write them; files take them in one way only."""

from datetime import date
from decimal import Decimal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bizcli.kernel import written
from bizcli.kernel.fields import DateField, NumberField, Wrong

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("today", "2026-11-20"), ("Yesterday", "2026-11-19"), ("tomorrow", "2026-11-21"), ("今天", "2026-11-20"),
        ("昨天", "2026-11-19"), ("明天", "2026-11-21"), ("2026/11/5", "2026-11-05"), ("2026-11-5", "2026-11-05"),
        ("2026.11.5", "2026-11-05"), ("2026年11月5日", "2026-11-05"), ("２０２６／１１／５", "2026-11-05"), ("11-05", "2026-11-05"),
        ("1-5", "2026-01-05"), ("11月5日", "2026-11-05"), ("+3", "2026-11-23"), ("-3", "2026-11-17"), ("-20", "2026-10-31"),
    ],
)  # fmt: skip
def test_days(text, iso):
    assert written.day(text, TODAY) == iso


@pytest.mark.parametrize(
    "text",
    [
        "2026/11-5",
        "2026.13.1",
        "2026-02-30",
        "02-30",
        "5/11",
        "3",
        "+",
        "+99999",
        "26-11-05",
        "soon",
        "",
        "२०२६-११-०५",
        "9" * 9999,
    ],
)
def test_what_is_no_day_stays_what_it_is(text):
    assert written.day(text, TODAY) == text
    with pytest.raises(Wrong):
        DateField().parse(written.day(text, TODAY))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234.50", "1234.50"), ("¥1,234.50", "1234.50"), ("￥ 1,234.50", "1234.50"), ("1 234.50", "1234.50"), ("1\u202f234\u00a0567", "1234567"),
        ("１２", "12"), ("１，２３４．５", "1234.5"), ("1.5万", "15000"), ("0.00015万", "1.5"), ("3亿", "300000000"), ("-1,000", "-1000"), ("－５", "-5"),
        ("30元", "30"), ("1.5万元", "15000"), ("007.50", "007.50"),
    ],
)  # fmt: skip
def test_numbers(text, number):
    assert written.number(text, "CNY") == number


@pytest.mark.parametrize(
    "text",
    [
        "1,50",
        "1,2345",
        "12,34,567",
        "1,234 567",
        "1.234,50",
        ".5",
        "5.",
        "--5",
        "¥",
        "万",
        "1e3",
        "1_000",
        "٣",
        "½",
        "5 000,00",
        "9" * 9999,
        "",
    ],
)
def test_what_is_no_number_stays_what_it_is(text):
    assert written.number(text, "CNY") == text
    with pytest.raises(Wrong):
        NumberField(signed=True).parse(written.number(text, "CNY"))


@pytest.mark.parametrize(("text", "currency"), [("$5", "CNY"), ("¥5", "USD"), ("5元", "JPY"), ("€5", None)])
def test_the_sign_of_another_currency_is_not_dropped(text, currency):
    assert written.number(text, currency) == text


@given(st.decimals(min_value=-(10**12) + 1, max_value=10**12 - 1, places=2), st.sampled_from(["", "¥", "￥"]))
def test_every_amount_is_read_back_however_it_is_grouped(value, sign):
    for text in (
        f"{value:,f}",
        f"{value:,f}".replace(",", " "),
        f"{value:f}".translate({n: n + 0xFEE0 for n in range(0x2D, 0x3A)}),
    ):
        signed = text if not sign else text[:1] + sign + text[1:] if value < 0 else sign + text
        assert NumberField(signed=True).parse(written.number(signed, "CNY")) == value


@given(st.decimals(min_value=0, max_value=10**7, places=4))
def test_wan_is_exactly_ten_thousand(value):
    assert Decimal(written.number(f"{value:f}万", "CNY")) == value * 10000


def test_a_command_takes_them(do, book):
    order = do("order new --customer C-001 --line TSHIRT-M:1,0@¥1,234.50 --warehouse SZ")
    assert order.code == 2 and "'1,0' is not a number such as 12" in order.err
    order = do(
        "order new --customer C-001 --line 'TSHIRT-M:２@¥1,234.50' --warehouse SZ --date 昨天 --promised +5 --json"
    ).json
    assert (order["date"], order["promised"]) == ("2026-11-19", "2026-11-25")
    assert (order["lines"][0]["qty"], order["lines"][0]["price"]) == ("2", "1234.50")
    text = (book / "orders/2026/11/SO-2611-0002.yaml").read_text()
    assert yaml.load(text, yaml.BaseLoader)["lines"][0]["price"] == "1234.50"
    assert do("stock adjust TSHIRT-M -1,0 --reason loss --warehouse SZ").code == 2
    assert do("stock adjust TSHIRT-M -１ --reason loss --warehouse SZ --json").json["lines"][0]["qty"] == "-1"
    assert do("customer new C-9 --credit-limit 5万").code == 0
    assert "credit_limit: 50000\n" in (book / "customers/C-9.yaml").read_text()


def test_questions_take_days_too(ask):
    assert ask("stock on-hand --as-of 11-05 --json").json == ask("stock on-hand --as-of 2026-11-05 --json").json
    by_word = ask("report sales-by-item --from -20 --to 今天 --json")
    assert by_word.json == ask("report sales-by-item --from 2026-10-31 --to 2026-11-20 --json").json != []


def test_files_and_the_environment_are_strict(do, ask, tmp_path):
    (tmp_path / "in.yaml").write_text(
        "kind: sales_order\ncustomer: C-001\ndate: 2026/11/05\nlines:\n  - {item: TSHIRT-M, qty: １, price: '1,234.50'}\n"
    )
    done = do("apply in.yaml")
    assert done.code == 1 and [each in done.err for each in ("'2026/11/05'", "'１'", "'1,234.50'")] == [True] * 3
    assert ask("stock on-hand", BIZCLI_TODAY="2026/11/20").code == 2
