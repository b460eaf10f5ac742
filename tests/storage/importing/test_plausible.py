"""Values that a wrong unit would give are refused, unless they are meant."""

from pathlib import Path

import pytest

from dwmtj.storage import ImportFileError
from dwmtj.storage.importing.options import ImportOptions
from dwmtj.storage.importing.run import read_run


@pytest.mark.parametrize(
    ("target", "cells", "expected"),
    [
        ("amplitude_V", ("1000", "4000"), "line 2: the amplitude of 'x' would be 1000 V"),
        ("amplitude_mV", ("0.1", "0.2"), "line 3: the amplitude of 'x' would be 0.0002 V"),
        ("pulse_width_s", ("0.1", "50"), "line 3: the pulse width of 'x' would be 50 s"),
        ("field_T", ("-1000", "1"), "line 2: the field of 'x' would be -1000 T"),
        ("voltage_V", ("0.1", "1e4"), "line 3: the voltage of 'x' would be 10000 V"),
        ("current_A", ("1000", "1"), "line 2: the current of 'x' would be 1000 A"),
        ("temperature_K", ("300", "1e5"), "line 3: the temperature of 'x' would be 100000 K"),
    ],
)
def test_an_impossible_magnitude_is_refused_unless_it_is_meant(
    target: str, cells: tuple[str, str], expected: str, tmp_path: Path
) -> None:
    file = tmp_path / "file.csv"
    file.write_text(f"x,V,R\n{cells[0]},1,100\n{cells[1]},2,93\n")
    maps = [f"x={target}", "R=resistance_ohm"]
    maps += [] if target.startswith("amplitude") else ["V=amplitude_V"]
    with pytest.raises(
        ImportFileError, match=f"{expected}, .* add --accept-unusual if it is meant"
    ):
        read_run(file, "staircase-write", maps)
    options = ImportOptions(accept_unusual=True)
    assert len(read_run(file, "staircase-write", maps, (), options).points) == 2


def test_a_resistance_below_zero_is_taken_in_a_loop_or_if_it_is_meant(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_text("x,R\n1,-17\n2,-7\n")
    maps = ("x=amplitude_V", "R=resistance_ohm")
    with pytest.raises(ImportFileError, match=r"line 2: a resistance of -17 Ω.* Hall resistance"):
        read_run(file, "staircase-write", maps)
    options = ImportOptions(accept_unusual=True)
    assert len(read_run(file, "staircase-write", maps, (), options).points) == 2
    assert len(read_run(file, "minor-loop", ("x=field_mT", "R=resistance_ohm")).points) == 2


def test_a_conductance_of_zero_is_no_reading_if_that_is_meant(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_text("V,G\n1,0.01\n2,0\n3,0.02\n")
    maps = ("V=amplitude_V", "G=conductance_S")
    with pytest.raises(ImportFileError, match="line 3: a conductance of 0 S, which no junction"):
        read_run(file, "staircase-write", maps)
    run = read_run(file, "staircase-write", maps, (), ImportOptions(accept_unusual=True))
    assert [point.resistance_ohm for point in run.points] == [100, None, 50]
