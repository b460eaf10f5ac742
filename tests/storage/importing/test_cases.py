"""Files as they came out of other labs, each with what is right about it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from dwmtj.storage import ImportFileError, Point, Store
from dwmtj.storage.importing.options import ImportOptions
from dwmtj.storage.importing.run import read_run, store_run

CASES = Path(__file__).parent / "cases"
PLAIN = ("V=amplitude_V", "R=resistance_ohm")
WITH_CYCLE = ("cycle=cycle", *PLAIN)
ARC_ONE = ("Resistance=resistance_ohm", "Amplitude (V)=amplitude_V")


def points(
    name: str, maps: Sequence[str], protocol: str = "staircase-write", **options: object
) -> tuple[Point, ...]:
    return read_run(CASES / name, protocol, maps, (), ImportOptions(**options)).points  # type: ignore[arg-type]


def test_cells_with_line_breaks_and_hall_resistances_make_a_loop_from_the_negative_end() -> None:
    maps = ("Field(Oe)=field_Oe", "Resistance(Ohm)=resistance_ohm")
    loop = points("multiline-cells-loop.csv", maps, "minor-loop")
    assert len(loop) == 21
    fields = [point.field_T for point in loop if point.field_T is not None]
    assert (fields[0], max(fields), fields[-1]) == (-0.1, 0.1, -0.1)
    assert loop[0].resistance_ohm == pytest.approx(-17.6110895882)
    assert loop[10].resistance_ohm == pytest.approx(-6.97690129412)
    assert {(point.phase, point.cycle) for point in loop} == {("loop", 0)}


def test_an_ellipsis_of_windows_in_a_note_ends_no_line() -> None:
    found = points("nel-in-note.csv", WITH_CYCLE)
    assert [point.resistance_ohm for point in found] == [100, 93, 80, 67]


def test_thousands_separators_are_asked_about_and_never_read_as_decimals() -> None:
    with pytest.raises(ImportFileError, match=r"line 2: R is '2,987', .* add --decimal comma or"):
        points("thousands.tsv", WITH_CYCLE)
    found = points("thousands.tsv", WITH_CYCLE, decimal=".")
    assert [point.resistance_ohm for point in found[:4]] == [2987, 2810, 2412, 2007]


def test_a_file_of_two_devices_is_refused_until_one_is_chosen(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=r"Wordline is 1, 2; choose .* --where Wordline=1"):
        points("two-devices.csv", ARC_ONE)
    second = points("two-devices.csv", ARC_ONE, where=("Wordline=2",))
    assert [point.resistance_ohm for point in second[:4]] == [200, 186, 160, 134]
    assert [point.cycle for point in second] == [0] * 4 + [1] * 4 + [2] * 4 + [3] * 4
    assert len(points("two-devices.csv", ARC_ONE, accept_unusual=True)) == 32
    with Store.open(tmp_path / "lab.sqlite") as store:
        for number in (1, 2):
            options = ImportOptions(where=(f"Wordline={number}",))
            run = read_run(CASES / "two-devices.csv", "staircase-write", ARC_ONE, (), options)
            assert store_run(store, run, f"D{number}") == number
        with pytest.raises(ImportFileError, match="is already stored as run 2"):
            store_run(store, run, "D2")


def test_equal_pulses_and_equal_readings_are_all_kept() -> None:
    assert len(points("pulse-train.csv", PLAIN)) == 40
    glitches = points("equal-glitches.csv", WITH_CYCLE)
    assert len(glitches) == 55
    assert sum(point.resistance_ohm == 999.9 for point in glitches) == 6


def test_a_field_without_a_unit_in_the_file_needs_one() -> None:
    loop = points("loop-from-zero.csv", ("H=field_mT", "R=resistance_ohm"), "minor-loop")
    assert len(loop) == 38
    assert {point.cycle for point in loop} == {0}
    assert (loop[5].field_T, loop[5].resistance_ohm) == (0.05, 99.96)
    with pytest.raises(ImportFileError, match=r"states no unit of 'H'; give it, as in H=field_T"):
        points("loop-from-zero.csv", ("H=field", "R=resistance_ohm"), "minor-loop")


def test_set_and_reset_pulses_of_a_cycle_are_write_and_reset() -> None:
    found = points("two-state-endurance.csv", WITH_CYCLE, "write-reset-cycling")
    assert [(p.phase, p.cycle) for p in found[:4]] == [
        ("reset", 0),
        ("write", 0),
        ("reset", 1),
        ("write", 1),
    ]
