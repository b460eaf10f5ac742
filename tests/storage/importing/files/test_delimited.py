"""Headers, quotes, comments and footers of delimited text."""

from pathlib import Path

import pytest

from dwmtj.storage import ImportFileError
from dwmtj.storage.importing.run import ImportedRun, read_run

PLAIN = ("V=amplitude_V", "R=resistance_ohm")
NUMBERED = ("1=amplitude_V", "2=resistance_ohm")


def read(folder: Path, text: str, maps: tuple[str, ...] = PLAIN) -> ImportedRun:
    file = folder / "file.csv"
    file.write_bytes(text.encode())
    return read_run(file, "staircase-write", maps)


@pytest.mark.parametrize(
    "text",
    [
        "1.0,100\n2.0,93\n",
        "1.0;100\n2.0;93\n",
        "  1.0   100\n  2.0\t93  \n",
        "Keithley 2450\n12 May 2024\n\n1.0\t100\n2.0\t93\nend of file\n",
        "V (V);R\n1,0;100\n2,0;93\n",
        "1,2,3\n1,100,7\n2,93,8\n",
        "# pulse\treading\n1\t100\n2\t93\n",
        "1|100\n2|93\n",
    ],
)
def test_columns_are_known_by_number(text: str, tmp_path: Path) -> None:
    points = read(tmp_path, text, NUMBERED).points
    assert [(p.amplitude_V, p.resistance_ohm) for p in points] == [(1, 100), (2, 93)]


def test_columns_of_one_name_are_told_apart_by_number(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=r"2 columns 'R'; .* by its number, 2 or 3"):
        read(tmp_path, "V,R,R\n1,100,5\n2,93,5\n")
    points = read(
        tmp_path, "V,R,R\n1,100,5\n2,93,5\n", ("V=amplitude_V", "3=resistance_ohm")
    ).points
    assert [point.resistance_ohm for point in points] == [5, 5]


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        (
            "V,R\n1,100\n2,93\nTotal points: 2\nEnd,of,data,12:00\n",
            "lines after the data skipped: 2",
        ),
        ("V,R,n\n1,100,1\n2,93,2\n1.5,96.5,mean\n", "lines after the data skipped: 1"),
        ("V,R\nV,Ohm\nset,read\n1,100\n2,93\n", "lines of units skipped: 2"),
        ("V,R\n1,100\nV,R\n2,93\n", "repeated headers skipped: 1"),
        ('"V","R","n"\n1,100,"two\nlines, of text"\n2,93,\n', "columns not imported: n"),
        ('"V","R","lot #"\n1,100,#3\n2,93,#3 # good\n', "columns not imported: lot #"),
        ("V,R,n\n1,100 # fine, 7\n2,93,\n", "columns not imported: n"),
    ],
)
def test_what_is_no_row_is_skipped_and_counted(text: str, remark: str, tmp_path: Path) -> None:
    run = read(tmp_path, text)
    assert [point.resistance_ohm for point in run.points] == [100, 93]
    assert remark in run.remarks


def test_the_name_of_a_column_may_have_a_line_break(tmp_path: Path) -> None:
    text = '"V\n(V)","R\n(Ohm)"\n1,100\n2,93\n'
    assert len(read(tmp_path, text, ("V (V)=amplitude_V", "R (Ohm)=resistance_ohm")).points) == 2


def test_an_empty_first_cell_is_no_comment_where_semicolons_separate(tmp_path: Path) -> None:
    points = read(tmp_path, "n;V;R\n1;1;100\n;2;93\n;3;80\n").points
    assert [point.resistance_ohm for point in points] == [100, 93, 80]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('V,R,n\n1,100,"a\n2,93,b"\n3,80,c\n', "line 2: a quote .* to line 3 over whole rows"),
        ('V,R,n\n1,100,"a\n2,93,b\n', "line 2: a quote opens a cell and is never closed"),
        ('V,R,n\n1,100,"a" b\n2,93,b\n', "line 2 cannot be split into cells"),
        ("V R n\n1 100 7\n2 93\n3 80 9\n", "line 3 has 2 cells where the header has 3"),
        ("n,V,R,T\n1,100,300\n2,93,300\n", "4 names in line 1, .* at most 3 cells in a row"),
        ("V,R\n1,100\nCycle 2,\n2,93\n", "line 3: V is 'Cycle 2', which is no number"),
        ("V,R\n1,100\n2,9O\n3,80\n", "line 3: R is '9O', which is no number"),
        ("V,R\n1,100\n2,1_000\n3,80\n", "line 3: R is '1_000', which is no number"),
    ],
)
def test_a_row_that_is_not_understood_is_refused(text: str, expected: str, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=expected):
        read(tmp_path, text)


@pytest.mark.parametrize("text", ["# V R\n1 100\n2 93\n", "#\tV\tR\n1\t100\n2\t93\n"])
def test_a_mark_before_the_names_is_no_column(text: str, tmp_path: Path) -> None:
    assert [point.resistance_ohm for point in read(tmp_path, text).points] == [100, 93]


def test_a_comment_of_units_right_below_the_names_counts(tmp_path: Path) -> None:
    text = "# V R\n# mV kOhm\n1000 0.1\n2000 0.093\n"
    with pytest.raises(ImportFileError, match="'V' is in mV, but mapped to amplitude_V"):
        read(tmp_path, text)
    points = read(tmp_path, text, ("V=amplitude", "R=resistance")).points
    assert [(p.amplitude_V, p.resistance_ohm) for p in points] == [(1, 100), (2, 93)]


def test_a_sentence_with_the_names_of_the_columns_is_no_header(tmp_path: Path) -> None:
    text = "Measured V and R of device 3\n# V R: pulse and reading\nV,R\n1,100\n2,93\n"
    assert [point.resistance_ohm for point in read(tmp_path, text).points] == [100, 93]
