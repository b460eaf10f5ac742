"""Quantities are read exactly as they are written, or refused."""

from decimal import Decimal

import numpy as np
import pytest

from dwmtj.quantities import (
    QuantityError,
    format_duration,
    format_number,
    format_quantity,
    parse_quantity,
    parse_temperature_K,
    readable_unit,
    rounded,
)

SHOWN = {
    "V": ("V", "mV", "kV", "µV"),
    "A": ("A", "µA", "mA", "nA"),
    "s": ("s", "ns", "µs", "ms", "min", "h", "days", "years"),
    "T": ("T", "mT", "Oe", "G"),
    "ohm": ("Ω", "kΩ", "ohm"),
    "S": ("S", "mS", "µS"),
    "J": ("J", "fJ", "pJ"),
    "ohm m2": ("Ω µm²", "Ω·m²", "ohm um2"),
    "ratio": ("%", "ppm"),
    "": ("",),
}


def drawn_values(seed: int, count: int) -> list[float]:
    """Return floats of every magnitude that a bench knows, of either sign, long and short."""
    generator = np.random.default_rng(seed)
    values = 10 ** generator.uniform(-13, 9, count) * generator.choice([-1.0, 1.0], count)
    digits = generator.integers(1, 18, count)
    return [float(f"{value:.{n}g}") for value, n in zip(values, digits, strict=True)]


@pytest.mark.parametrize("unit", SHOWN)
def test_every_value_is_written_so_that_it_reads_back_to_the_last_bit(unit: str) -> None:
    for value in drawn_values(seed=13, count=400):
        assert parse_quantity(format_quantity(value, unit), unit) == value
        for shown in SHOWN[unit]:
            assert parse_quantity(format_quantity(value, unit, shown), unit) == value
            assert parse_quantity(format_number(value, unit, shown), unit, shown) == value


def test_a_value_is_the_float_nearest_to_the_decimal_number() -> None:
    generator = np.random.default_rng(7)
    for mantissa, digits in zip(
        generator.integers(1, 10**9, 500), generator.integers(0, 9, 500), strict=True
    ):
        text = f"{Decimal(int(mantissa)).scaleb(-int(digits)):f}"
        for prefix, power in (("n", -9), ("µ", -6), ("m", -3), ("", 0), ("k", 3)):
            assert parse_quantity(f"{text} {prefix}s", "s") == float(f"{text}e{power}")


@pytest.mark.parametrize(
    ("text", "unit", "bare_unit", "value"),
    [
        ("50n", "s", None, 50e-9),
        ("50 ns", "s", None, 50e-9),
        ("5.0e-8", "s", None, 50e-9),
        ("50", "s", "ns", 50e-9),
        ("0.05 µs", "s", "ns", 50e-9),
        ("0.05 \u03bcs", "s", "ns", 50e-9),
        ("0.05us", "s", "ns", 50e-9),
        ("1,5 µs", "s", "ns", 1.5e-6),
        ("0,05us", "s", "ns", 50e-9),
        ("5 m", "s", None, 5e-3),
        ("5 M", "s", None, 5e6),
        ("5 min", "s", None, 300.0),
        ("1.5 h", "s", "ns", 5400.0),
        ("4 mT", "T", "mT", 0.004),
        ("4", "T", "mT", 0.004),
        ("\u22124", "T", "mT", -0.004),
        ("\u20134 mT", "T", "mT", -0.004),
        ("+4 mT", "T", None, 0.004),
        ("40 Oe", "T", "mT", 0.004),
        ("1.2 kOe", "T", "mT", 0.12),
        ("40 G", "T", "mT", 0.004),
        ("20 mV", "V", None, 0.02),
        ("3.5 V", "V", None, 3.5),
        (".5", "V", None, 0.5),
        ("1e3", "V", "mV", 1.0),
        ("5e\u22122", "V", None, 0.05),
        ("100 µA", "A", None, 1e-4),
        ("1.1 kΩ", "ohm", None, 1100.0),
        ("1.1 k\u2126", "ohm", None, 1100.0),
        ("68 ohm", "ohm", None, 68.0),
        ("13", "", None, 13.0),
        ("10k", "", None, 10_000.0),
        ("10 000", "", None, 10_000.0),
        ("10\u202f000", "", None, 10_000.0),
        ("1_000_000", "", None, 1_000_000.0),
        ("0.000 05", "V", None, 0.00005),
        ("0,500", "V", None, 0.5),
        ("1234,567", "V", None, 1234.567),
        ("1 234,567", "V", None, 1234.567),
        ("1.500", "V", None, 1.5),
    ],
)
def test_what_a_physicist_writes_is_understood(
    text: str, unit: str, bare_unit: str | None, value: float
) -> None:
    assert parse_quantity(f" {text} ", unit, bare_unit) == value


@pytest.mark.parametrize(
    ("text", "unit", "why"),
    [
        ("5 T", "s", "a magnetic field and not a time"),
        ("5 s", "V", "a time and not a voltage"),
        ("50 ns", "", "a time and not a plain number"),
        ("1 kOe", "A", "a magnetic field and not a current"),
        ("5 mv", "V", "did you mean mV or MV"),
        ("5 Ns", "s", "did you mean ns"),
        ("5 KΩ", "ohm", "did you mean kΩ"),
        ("5 parsec", "T", "'parsec' is no unit of a magnetic field"),
        ("50 %", "V", "a ratio and not a voltage"),
        ("50", "ratio", "'ratio' is no unit of a ratio"),
        ("60 kΩ µm²", "ohm m2", "is no unit of a resistance-area product"),
        ("10²", "V", "'²' is no unit"),
        ("0x10", "", "'x10' is no unit"),
        ("1,500", "V", "may mean 1.500 or 1500"),
        ("-12,000 mV", "V", "may mean 12.000 or 12000"),
        ("1,5,0", "s", "ambiguous"),
        ("1,500.0", "V", "ambiguous"),
        ("1e400", "V", "too large"),
    ],
)
def test_what_could_be_misread_is_refused_with_the_reason(text: str, unit: str, why: str) -> None:
    with pytest.raises(QuantityError, match=why):
        parse_quantity(text, unit)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "abc", "nan", "inf", "-inf", ".", "-", "V", "1e", "e3", "--4"),
        *("1 2", "1_0", "0.1\u20134", "1/2", "\u0663", "5 5 V", "5\n6", 200 * "1"),
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(QuantityError):
        parse_quantity(text, "V")


@pytest.mark.parametrize(
    ("value", "unit", "shown_unit", "text"),
    [
        (50e-9, "s", "ns", "50 ns"),
        (-0.004, "T", "mT", "-4 mT"),
        (100e-6, "A", "µA", "100 µA"),
        (0.0, "s", "ns", "0 ns"),
        (-0.0, "V", None, "0 V"),
        (0.0, "s", None, "0 s"),
        (1.5e-9, "s", None, "1.5 ns"),
        (3600.0, "s", None, "3600 s"),
        (0.13, "T", None, "130 mT"),
        (1.1e3, "ohm", None, "1.1 kΩ"),
        (1e-18, "s", None, "1e-18 s"),
        (1e9, "", None, "1000000000"),
        (0.1 + 0.2, "V", "mV", "300.00000000000004 mV"),
    ],
)
def test_a_value_is_shown_as_it_is(
    value: float, unit: str, shown_unit: str | None, text: str
) -> None:
    assert format_quantity(value, unit, shown_unit) == text


@pytest.mark.parametrize("unit", ["V", "A", "s", "T", "ohm", "S", "J"])
def test_a_readable_number_has_one_to_three_digits_before_the_point(unit: str) -> None:
    for value in drawn_values(seed=3, count=300):
        if 1e-13 < abs(value) < 1:
            shown = format_number(value, unit, readable_unit(value, unit))
            assert 1 <= abs(float(shown)) < 1000


@pytest.mark.parametrize(
    ("duration_s", "text"),
    [
        (0.034, "0.034 s"),
        (2.22, "2.2 s"),
        (62.0, "62 s"),
        (660.0, "11 min"),
        (22_320.0, "6.2 h"),
        (90_000.0, "25 h"),
        (700_000.0, "8.1 days"),
        (3.2e8, "10 years"),
    ],
)
def test_a_duration_is_shown_in_the_unit_one_thinks_in(duration_s: float, text: str) -> None:
    assert format_duration(duration_s) == text


@pytest.mark.parametrize(
    ("text", "temperature_K"),
    [("358 K", 358.0), ("85C", 358.15), ("−10 °C", 263.15), ("4,2K", 4.2)],
)
def test_a_temperature_is_read_with_its_unit(text: str, temperature_K: float) -> None:
    assert parse_temperature_K(text) == temperature_K


@pytest.mark.parametrize("text", ["85", "A85C", "85 F", "-300 C", "0 K", "3000 K", "nan K", ""])
def test_what_is_no_temperature_is_refused(text: str) -> None:
    with pytest.raises(QuantityError):
        parse_temperature_K(text)


def test_a_rounded_value_keeps_its_digits_and_the_most_readable_prefix() -> None:
    assert rounded(5.1234e-8, "s") == "51.2 ns"
    assert rounded(5.1234e-8, "s", digits=4) == "51.23 ns"
    assert rounded(9.996e-10, "J") == "1 nJ"
    assert rounded(20.0, "") == "20"
