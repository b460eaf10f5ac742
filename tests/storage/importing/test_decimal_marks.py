"""Commas and dots are decimal marks or separate thousands, or are asked about."""

from pathlib import Path

import pytest

from dwmtj.storage import ImportFileError
from dwmtj.storage.importing.options import ImportOptions
from dwmtj.storage.importing.run import read_run

PLAIN = ("V=amplitude_V", "R=resistance_ohm")


def resistances(folder: Path, text: str, **options: object) -> list[float | None]:
    file = folder / "file.csv"
    file.write_text(text, encoding="utf-8")
    run = read_run(file, "staircase-write", PLAIN, (), ImportOptions(**options))  # type: ignore[arg-type]
    return [point.resistance_ohm for point in run.points]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('V,R\n"1,5","100,25"\n"2,0","93,5"\n', [100.25, 93.5]),
        ('V,R\n"1,5","1,234"\n"2,0","1,111"\n', [1.234, 1.111]),
        ('V,R\n1.5,"1,234.5"\n2.0,"1,111"\n', [1234.5, 1111]),
        ('V,R\n1,"1,234,567"\n2,"1,111"\n', [1234567, 1111]),
        ("V;R\n1,5;1.234,5\n2,0;1.111\n", [1234.5, 1111]),
        ("V;R\n1;1.234.567\n2;987.654\n", [1234567, 987654]),
        ("V;R\n1.5;1'234.5\n2.0;1'111\n", [1234.5, 1111]),
        ("V;R\n1,5;1 234,5\n2,0;1\u202f111,0\n", [1234.5, 1111]),
        ("V;R\n1,5;2,5E+03\n2,0;9,91E+37\n2,5;1,0E3\n", [2500, None, 1000]),
        ("V R\n1.0D+00 1.0D+02\n2.0D+00 9.3D+01\n", [100, 93]),
        ("V;R\n1;0,123\n2;0,456\n", [0.123, 0.456]),
        ("V;R\n1;1.234\n2;1.111\n", [1.234, 1.111]),
        ("V;R\n1.5;1.234\n2;987\n", [1.234, 987]),
        ("V;R\n1;1.234\n2;98.7\n3;12\n", [1.234, 98.7, 12]),
        ("V,R\n1,1.234\n2,987\n", [1.234, 987]),
    ],
)
def test_clear_marks_are_understood(
    text: str, expected: list[float | None], tmp_path: Path
) -> None:
    assert resistances(tmp_path, text) == expected


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('V,R\n1,"1,234"\n2,"1,111"\n', "'1,234'"),
        ("V\tR\n1.5\t2,987\n2.0\t2,810\n", "'2,987'"),
        ("V;R\n1,5;1.234\n2,0;1.111\n", "'1.234'"),
        ("V;R\n1;1.234\n2;987\n", "'1.234'"),
        ('V,R\n1,"1,5"\n2,"1,234,567"\n', "'1,5'"),
    ],
)
def test_unclear_marks_are_refused(text: str, cell: str, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=f"line 2: R is {cell}.* --decimal point"):
        resistances(tmp_path, text)


def test_a_decimal_mark_that_is_named_decides(tmp_path: Path) -> None:
    text = "V\tR\n1\t2,987\n2\t2,810\n"
    assert resistances(tmp_path, text, decimal=",") == [2.987, 2.81]
    assert resistances(tmp_path, text, decimal=".") == [2987, 2810]
    dots = "V\tR\n1\t2.987\n2\t2.810\n"
    assert resistances(tmp_path, dots, decimal=",") == [2987, 2810]
    with pytest.raises(ImportFileError, match="line 3: R is '2,98', which is no number"):
        resistances(tmp_path, "V\tR\n1\t2,987\n2\t2,98\n", decimal=".")


def test_cells_that_say_that_the_meter_was_over_range_are_counted_as_no_reading(
    tmp_path: Path,
) -> None:
    words = ("OVLD", "Overflow", "O.L", "9.91e37", "-inf", "*****", "1e38")
    text = "V,R\n1,100\n" + "".join(f"2,{word}\n" for word in words) + "3,80\n"
    assert resistances(tmp_path, text) == [100, *[None] * len(words), 80]
    run = read_run(tmp_path / "file.csv", "staircase-write", PLAIN)
    assert f"readings over range: {len(words)}" in run.remarks
    assert f"rows without a reading: {len(words)}" in run.remarks


def test_dots_that_may_separate_thousands_are_named_in_the_notes(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_text("V;R\n1;37.553\n2;49.806\n")
    run = read_run(file, "staircase-write", PLAIN)
    assert "R: the dot of 37.553 is taken as decimal" in run.remarks
    file.write_text("V;R\n1.5;37.553\n2;49.806\n")
    assert not any("dot" in remark for remark in read_run(file, "staircase-write", PLAIN).remarks)
