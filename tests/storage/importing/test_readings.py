"""Several readings in a row, and rows that are readings without a pulse."""

from pathlib import Path

import pytest

from dwmtj.storage import ImportFileError, Point
from dwmtj.storage.importing.run import read_run

PLAIN = ("V=amplitude_V", "R=resistance_ohm")


def read(
    folder: Path, text: str, maps: tuple[str, ...], protocol: str = "staircase-write"
) -> tuple[Point, ...]:
    file = folder / "file.csv"
    file.write_text(text)
    return read_run(file, protocol, maps).points


def brief(points: tuple[Point, ...]) -> list[tuple[str, int, float | None, float | None]]:
    return [(p.phase, p.cycle, p.amplitude_V, p.resistance_ohm) for p in points]


def test_readings_after_the_first_are_readings_without_a_pulse(tmp_path: Path) -> None:
    maps = ("V=amplitude_V", *(f"R{number}=resistance_ohm" for number in (1, 2, 3)))
    found = read(tmp_path, "V,R1,R2,R3\n1,100,101,102\n2,93,94,\n1,100,,\n2,93,,\n", maps)
    assert brief(found) == [
        ("write", 0, 1, 100),
        ("read", 0, None, 101),
        ("read", 0, None, 102),
        ("write", 0, 2, 93),
        ("read", 0, None, 94),
        ("write", 1, 1, 100),
        ("write", 1, 2, 93),
    ]


def test_rows_that_repeat_a_pulse_number_are_further_readings(tmp_path: Path) -> None:
    text = "n,V,R\n1,1,100\n1,1,101\n2,2,93\n2,2,94\n1,1,99\n1,1,98\n"
    assert brief(read(tmp_path, text, ("n=pulse", *PLAIN))) == [
        ("write", 0, 1, 100),
        ("read", 0, None, 101),
        ("write", 0, 2, 93),
        ("read", 0, None, 94),
        ("write", 1, 1, 99),
        ("read", 1, None, 98),
    ]


def test_a_pulse_of_no_width_is_a_reading(tmp_path: Path) -> None:
    maps = (*PLAIN, "w=pulse_width_s")
    found = read(tmp_path, "V,w,R\n0.5,0,100\n1,1e-7,99\n2,1e-7,93\n", maps)
    assert brief(found)[0] == ("read", 0, None, 100)
    assert [point.pulse_width_s for point in found] == [None, 1e-7, 1e-7]


def test_a_wide_endurance_table_is_a_write_and_a_reset_a_row(tmp_path: Path) -> None:
    low, high = "LRS=resistance_ohm@phase=write", "HRS=resistance_ohm@phase=reset"
    text = "n,LRS,HRS\n1,5,50\n10,6,51\n"
    expected = [
        ("write", 0, None, 5),
        ("reset", 0, None, 50),
        ("write", 9, None, 6),
        ("reset", 9, None, 51),
    ]
    assert brief(read(tmp_path, text, ("n=cycle", low, high), "write-reset-cycling")) == expected
    text = "n,Vs,LRS,Vr,HRS\n1,2,5,-2,50\n10,2.5,6,-2,51\n"
    maps = ("n=cycle", "Vs=amplitude_V", "LRS=resistance_ohm", "Vr=amplitude_V")
    found = read(tmp_path, text, (*maps, "HRS=resistance_ohm"), "write-reset-cycling")
    amplitudes = [2, -2, 2.5, -2]
    assert brief(found) == [
        (phase, cycle, V, ohm)
        for (phase, cycle, _, ohm), V in zip(expected, amplitudes, strict=True)
    ]


def test_trains_of_equal_pulses_are_told_apart_by_their_amplitude_and_by_a_rest(
    tmp_path: Path,
) -> None:
    text = "V,R\n,100\n2,100\n2,93\n3,93\n3,76\n,100\n3,100\n3,93\n"
    found = read(tmp_path, text, ("V=amplitude_V", "R=resistance_ohm"), "pulse-train")
    assert [(phase, cycle) for phase, cycle, _, _ in brief(found)] == [
        ("bias", 0),
        *2 * [("write", 0)],
        *2 * [("write", 1)],
        ("bias", 2),
        *2 * [("write", 2)],
    ]


def test_a_column_may_be_a_cycle(tmp_path: Path) -> None:
    maps = ("V=amplitude_V", "R1=resistance_ohm@cycle=0", "R2=resistance_ohm@cycle=1")
    found = read(tmp_path, "V,R1,R2\n1,100,101\n2,93,94\n", maps)
    assert brief(found) == [
        ("write", 0, 1, 100),
        ("write", 0, 2, 93),
        ("write", 1, 1, 101),
        ("write", 1, 2, 94),
    ]


def test_a_resistance_is_voltage_over_current_unless_no_current_flows(tmp_path: Path) -> None:
    maps = ("Vp=amplitude_V", "Vr=voltage_mV", "Ir=current_uA")
    found = read(tmp_path, "Vp,Vr,Ir\n1,100,1000\n2,100,2000\n3,100,0\n", maps)
    assert [point.resistance_ohm for point in found] == [
        pytest.approx(100),
        pytest.approx(50),
        None,
    ]


def test_repeated_quantities_come_in_equal_numbers(tmp_path: Path) -> None:
    maps = ("a=amplitude_V", "b=amplitude_V", *(f"{name}=resistance_ohm" for name in "cde"))
    with pytest.raises(ImportFileError, match="2 columns are mapped to amplitude_V, but 3 to"):
        read(tmp_path, "a,b,c,d,e\n1,2,3,4,5\n", maps)


def test_pairs_of_columns_of_different_lengths_are_a_cycle_each(tmp_path: Path) -> None:
    maps = (
        "a=amplitude_V",
        "b=resistance_ohm@cycle=0",
        "c=amplitude_V",
        "d=resistance_ohm@cycle=1",
    )
    found = read(tmp_path, "a,b,c,d\n1,100,1.5,101\n2,93,,\n3,,,\n", maps)
    assert brief(found) == [
        ("write", 0, 1, 100),
        ("write", 0, 2, 93),
        ("write", 0, 3, None),
        ("write", 1, 1.5, 101),
    ]
