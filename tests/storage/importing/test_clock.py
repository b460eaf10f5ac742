"""Clock times become seconds since the first row."""

from pathlib import Path

import pytest

from dwmtj.storage import ImportFileError
from dwmtj.storage.importing.run import read_run

MAPS = ("Time=clock", "V=amplitude_V", "R=resistance_ohm")


def times_s(folder: Path, *clock: str) -> list[float]:
    rows = "".join(f'"{time}",{at + 1},{100 - at}\n' for at, time in enumerate(clock))
    file = folder / "file.csv"
    file.write_text(f"Time,V,R\n{rows}")
    return [point.time_s for point in read_run(file, "staircase-write", MAPS).points]


@pytest.mark.parametrize(
    ("first", "second", "apart_s"),
    [
        ("23:59:58.5", "00:00:00.5", 2),
        ("3/14/2024 11:59:59 AM", "3/14/2024 12:00:01 PM", 2),
        ("14.03.2024 23:59:59", "15.03.2024 00:00:01", 2),
        ("2024-03-14T11:59:59.25", "2024-03-15 11:59:59,75", 86400.5),
        ("31/03/24 10:00:00", "01/04/24 10:00:00", 86400),
        ("03/04/2024 10:00:00", "03/04/2024 10:01:00", 60),
        ("31-Mar-2024 23:59:59", "01-Apr-2024 00:00:01", 2),
        ("2024-03-31T01:59:59+01:00", "2024-03-31T03:00:01+02:00", 2),
        ("2024-10-27T02:59:59+0200", "2024-10-27T02:00:01+0100", 2),
        ("2024-10-27T00:00:00Z", "2024-10-27T02:00:00+01:00", 3600),
    ],
)
def test_clock_times_are_counted_from_the_first(
    first: str, second: str, apart_s: float, tmp_path: Path
) -> None:
    assert times_s(tmp_path, first, second) == [0, pytest.approx(apart_s)]


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        (("03/04/2024 10:00:00", "04/04/2024 10:00:00"), "may begin with the day or with the"),
        (("11:59", "12:00"), "line 2: Time is '11:59', which is no clock time"),
        (("11:59:00", "25:00:00"), "line 3: Time is '25:00:00', which is no clock time"),
        (("12:59:59", "1:00:00"), "line 3: the hours of Time go from 12 to 1"),
        (("10:00:00Z", "10:00:01"), "line 3: Time has a distance from UTC in some rows only"),
        (("30-Feb-2024 10:00:00", "x"), "line 2: Time is '30-Feb-2024 10:00:00'"),
        (("30-Mai-2024 10:00:00", "x"), "line 2: Time is '30-Mai-2024 10:00:00'"),
        (("2024-02-30 10:00:00", "2024-03-01 10:00:00"), "line 2: Time is '2024-02-30 10:00:00'"),
    ],
)
def test_a_time_that_may_mean_two_things_is_refused(
    clock: tuple[str, ...], expected: str, tmp_path: Path
) -> None:
    with pytest.raises(ImportFileError, match=expected):
        times_s(tmp_path, *clock)


DATED = """Date,Time,V,R
03.04.2026,23:59:59,1,100
04.04.2026,00:00:01,2,93
06.04.2026,00:00:02,3,80
"""


def test_a_column_of_dates_belongs_to_the_times_of_day(tmp_path: Path) -> None:
    """Without it the day between the last two rows would be lost."""
    file = tmp_path / "file.csv"
    file.write_text(DATED)
    points = read_run(file, "staircase-write", MAPS).points
    assert [point.time_s for point in points] == [0, 2, 2 + 2 * 86400 + 1]
    file.write_text(
        DATED.replace("Date,", "Date,Measured on,").replace("2026,", "2026,01.04.2026,")
    )
    with pytest.raises(ImportFileError, match="has dates in Date and Measured on; write the date"):
        read_run(file, "staircase-write", MAPS)


def test_a_time_that_begins_again_needs_a_cycle(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_text("t,V,R,n\n0,1,100,1\n1,2,93,1\n0,1,100,2\n1,2,93,2\n")
    maps = ("t=time_s", "V=amplitude_V", "R=resistance_ohm")
    with pytest.raises(ImportFileError, match="line 4: the time begins again; map a column to"):
        read_run(file, "staircase-write", maps)
    run = read_run(file, "staircase-write", (*maps, "n=cycle"))
    assert [point.amplitude_V for point in run.points] == [1, 2, 1, 2]


@pytest.mark.parametrize(
    "clock",
    [
        ("2024-03-14 23:59:59", "2024-03-15 00:00:00.25", "2024-03-15T00:00:01.123456"),
        ("23:59:59", "00:00:00.25", "00:00:01.123456"),
        ("2024-03-14 23:59:59", "", "2024-03-15 00:00:01.123456"),
    ],
)
def test_texts_read_at_once_have_the_times_that_they_have_one_by_one(
    clock: tuple[str, ...], tmp_path: Path
) -> None:
    """A comma as the decimal mark has each text read by itself."""
    at_once = times_s(tmp_path, *clock)
    assert at_once == pytest.approx(times_s(tmp_path, *(each.replace(".", ",") for each in clock)))
    assert at_once[-1] == pytest.approx(2.123456, abs=1e-9)


@pytest.mark.parametrize("wrong", ["2024-02-30 10:00:00", "2024-03-14", "2024-03-14 10:00"])
def test_a_wrong_time_among_right_ones_is_named_by_its_line(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=f"line 3: Time is '{wrong}', which is no clock"):
        times_s(tmp_path, "2024-03-14 10:00:00", wrong)
