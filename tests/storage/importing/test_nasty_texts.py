"""Nasty but real texts: the right numbers, or one sentence; never a wrong number.

Every text holds the same three pulses and readings.
"""

from pathlib import Path

import pytest

from dwmtj.storage import ImportFileError
from dwmtj.storage.importing.options import ImportOptions
from dwmtj.storage.importing.run import ImportedRun, read_run

PULSES_V = (0.5, 1.0, 1.5)
READINGS_OHM = (1002.5, 933.75, 761.0)
PLAIN = ("V=amplitude_V", "R=resistance_ohm")
UNITS = ("V=amplitude", "R=resistance")
NUMBERED = ("1=amplitude_V", "2=resistance_ohm")


def read(folder: Path, text: str | bytes, *maps: str) -> ImportedRun:
    file = folder / "file.txt"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_run(file, "staircase-write", maps or PLAIN)


def joined(*lines: str, end: str = "\n") -> str:
    return "".join(f"{line}{end}" for line in lines)


ROWS = ("0.5,1002.5", "1.0,933.75", "1.5,761")
TABBED = tuple(row.replace(",", "\t") for row in ROWS)
IN_MILLIVOLT = ("500;1.0025", "1000;0.93375", "1500;0.761")

READ: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    "german excel": (
        joined("V;R", "0,50;1.002,50", "1,00;933,75", "1,50;761,00", end="\r\n"),
        PLAIN,
    ),
    "excel's separator line": (joined("sep=;", "V;R", "0,5;1002,5", "1;933,75", "1,5;761"), PLAIN),
    "french thousands": (joined("V;R", "0,5;1\u202f002,5", "1;933,75", "1,5;761"), PLAIN),
    "swiss thousands": (joined("V;R", "0.5;1’002.50", "1;933.75", "1.5;761"), PLAIN),
    "quoted thousands": (joined("V,R", '0.5,"1,002.50"', "1,933.75", "1.5,761"), PLAIN),
    "commas inside quotes": (
        joined("V,R", '"0,5","1002,5"', '"1,0","933,75"', '"1,5","761,0"'),
        PLAIN,
    ),
    "carriage returns alone": (joined("V,R", *ROWS, end="\r"), PLAIN),
    "doubled carriage returns": (joined("V,R", *ROWS, end="\r\r\n"), PLAIN),
    "two byte order marks": (joined("\ufeff\ufeffV,R", *ROWS), PLAIN),
    "utf-16 without a mark": (joined("V;R", *TABBED).replace("\t", ";").encode("utf-16-le"), PLAIN),
    "zeros at the end": (joined("V,R", *ROWS).encode() + b"\0" * 512, PLAIN),
    "a mark without width": (joined("V\u200b,R", *ROWS), PLAIN),
    "fortran": (joined("V R", ".5D+00 1.0025D+03", "1.0d0 9.3375D+02", "1.5 761.D0"), PLAIN),
    "tabs and blanks mixed": (joined("V \t R", "0.5 \t1002.5", " 1\t 933.75 ", "1.5\t761"), PLAIN),
    "separators at the end": (
        joined("V,R,,", "0.5,1002.5,,", "1,933.75,,", "1.5,761,,", ",,,"),
        PLAIN,
    ),
    "comments behind": (joined("% run", "V\tR", *(f"{row}\t% ok, 5" for row in TABBED)), PLAIN),
    "an index without a name": (
        joined(",V,R", *(f"{n},{row}" for n, row in enumerate(ROWS))),
        PLAIN,
    ),
    "markdown": (
        joined("| V | R |", "|---|---|", "| 0.5 | 1002.5 |", "|1|933.75|", "|1.5|761|"),
        PLAIN,
    ),
    "igor": (
        joined("IGOR", "WAVES/D\t'V'\t'R'", "BEGIN", *(f"\t{row}" for row in TABBED), "END"),
        PLAIN,
    ),
    "labview, no cells under Comment": (
        joined("***End_of_Header***\t", "V\tR\tComment", *TABBED),
        PLAIN,
    ),
    "tdms as text": (joined("Root\tTitle", "", "Meas\tMeas", "V\tR", "V\tOhm", "", *TABBED), UNITS),
    "easyexpert, several sweeps": (
        joined("SetupTitle, Trace", "DataName, V, R", "DataValue, 0.5, 1002.5")
        + joined(
            "SetupTitle, Trace", "DataName, V, R", "DataValue, 1, 933.75", "DataValue, 1.5, 761"
        ),
        PLAIN,
    ),
    "origin": (
        joined("A\tB", "V\tR", "mV\tkOhm", "\trun 7", *IN_MILLIVOLT).replace(";", "\t"),
        UNITS,
    ),
    "origin, rows named": (
        joined("Long Name\tV\tR", "Units\tmV\tkΩ", "Comments\t\tx", "1\t500\t1.0025")
        + joined("2\t1000\t0.93375", "3\t1500\t0.761"),
        UNITS,
    ),
    "numpy": (joined("# V R", *ROWS).replace(",", " "), PLAIN),
    "gnuplot blocks": (
        joined("# 1", "V R", "0.5 1002.5", "", "", "V R", "1 933.75", "1.5 761"),
        PLAIN,
    ),
    "a device above each pair": (
        joined("Device 1,,Device 2,", "V,R,V,R", *(f"{row},{row}" for row in ROWS)),
        NUMBERED,
    ),
    "powers of ten": (
        joined("V (10^-3 V);R (10³ Ω)", *IN_MILLIVOLT),
        ("1=amplitude", "2=resistance"),
    ),
    "latex": (joined(r"V & R \\", r"0.5 & 1002.5 \\", r"1 & 933.75 \\", r"1.5 & 761 \\"), PLAIN),
    "a summary without a word that marks it": (
        joined("V,R", *ROWS, "", "Min,5", "End of test 12:03"),
        PLAIN,
    ),
}
for a, b in (
    ("V [mV]", "R [kΩ]"),
    ("V (mV)", "R (kOhm)"),
    ("V/mV", "R/kOhms"),
    ("V in mV", "R in KOHM"),
    ("V_mV", "R_kOhm"),
    ("V, mV", "R, kΩ"),
    ("V {mV}", "R <kohm>"),
):
    READ[f"{a}, {b}"] = joined(f"{a};{b}", *IN_MILLIVOLT), (f"{a}=amplitude", f"{b}=resistance")


@pytest.mark.parametrize("name", READ)
def test_the_numbers_are_right(name: str, tmp_path: Path) -> None:
    text, maps = READ[name]
    run = read(tmp_path, text, *maps)
    assert [point.amplitude_V for point in run.points] == pytest.approx(PULSES_V)
    assert [point.resistance_ohm for point in run.points] == pytest.approx(READINGS_OHM)


GAPS = ("1.#IND", "-1.#QNAN", "<NA>", "NaT", "--", "1.#INF", "Overload", "9.91e37", "1e999", "inf")


@pytest.mark.parametrize("cell", GAPS)
def test_no_reading_is_none(cell: str, tmp_path: Path) -> None:
    text = joined("V,R", "0.5,1002.5", f"1,{cell}", "1.5,761")
    run = read(tmp_path, text)
    assert [point.resistance_ohm for point in run.points] == [1002.5, None, 761]


REFUSED: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    "a log of R": (joined("V,log10(R)", *ROWS), ("V=amplitude_V", "log10(R)=resistance_ohm")),
    "peak to peak": (joined("V (Vpp),R", *ROWS), ("V (Vpp)=amplitude_V", "R=resistance_ohm")),
    "decibels": (joined("V (dBm),R", *ROWS), ("V (dBm)=amplitude_V", "R=resistance_ohm")),
    "RA": (joined("V,RA (Ohm um^2)", *ROWS), ("V=amplitude_V", "2=resistance_ohm")),
    "a change in %": (joined("V,dR/R (%)", *ROWS), ("V=amplitude_V", "2=resistance_ohm")),
    "cells with units": (joined("V,R", "0.5 V,1002.5 Ohm", "1 V,934 Ohm"), PLAIN),
    "prefixes in cells": (joined("V,R", "0.5,1.0025k", "1,0.9k"), PLAIN),
    "an error behind": (joined("V,R", "0.5,1002.5±0.5", "1,933±1"), PLAIN),
    "a date made by Excel": (joined("V;R", "0,5;1002,5", "01. Mai;933,75", "1,5;761"), PLAIN),
    "booked as negative": (joined("V,R", "0.5,(1002.5)", "1,933.75"), PLAIN),
    "columns that swap": (joined("V R", "0.5 1002.5", "1 933", "R V", "761 1.5"), PLAIN),
    "units that change": (
        joined("V (V),R", "1,9", "2,8", "V (mV),R", "1000,9"),
        ("1=amplitude", "R=resistance_ohm"),
    ),
    "a name twice": (joined("V,R,V,R", "0.5,1002.5,0.5,1003", "1,933,1,934"), PLAIN),
    "commas for both": (joined("V,R", "0,5,1002,5", "1,0,933,75"), PLAIN),
    "a missing cell between blanks": (
        joined("V R n", "0.5 1002.5 1", "1.0     2", "1.5 761 3"),
        PLAIN,
    ),
    "zeros inside": (b"V,R\n0.5,10\x0002.5\n1,933\n", PLAIN),
    "a web page": (joined("<table><tr><td>V</td><td>R</td></tr></table>"), PLAIN),
    "complex numbers": (joined("V,R", "0.5,(1002.5+0j)", "1,(933+0j)"), PLAIN),
    "underscores": (joined("V,R", "0.5,1_002.5", "1,933"), PLAIN),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_be_wrong_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    text, maps = REFUSED[name]
    with pytest.raises(ImportFileError, match=r"file\.txt") as found:
        read(tmp_path, text, *maps)
    assert "\n" not in str(found.value)
    assert len(str(found.value)) < 400


def test_a_logarithm_that_is_meant_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "file.txt"
    file.write_text(joined("V,R log", *ROWS))
    options = ImportOptions(accept_unusual=True)
    maps = ("V=amplitude_V", "R log=resistance_ohm")
    assert len(read_run(file, "staircase-write", maps, (), options).points) == 3
