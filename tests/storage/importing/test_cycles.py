"""Cycles are counted from the order of pulses and fields."""

from pathlib import Path

import pytest

from dwmtj.storage.importing.run import read_run


def cycles(folder: Path, fields: list[float]) -> list[int]:
    file = folder / "file.csv"
    file.write_text("H,R\n" + "".join(f"{field},{100 + field / 9}\n" for field in fields))
    run = read_run(file, "minor-loop", ("H=field_mT", "R=resistance_ohm"))
    return [point.cycle for point in run.points]


DOWN = [30.0, 20, 10, 0, -10, -20]
UP = [-30.0, -20, -10, 0, 10, 20]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (DOWN + UP, [0] * 12),
        (UP + DOWN, [0] * 12),
        ([*DOWN, *UP, 30], [0] * 13),
        (DOWN, [0] * 6),
        (2 * (DOWN + UP), [0] * 12 + [1] * 12),
        ([*UP, *DOWN, *UP, *DOWN, -30], [0] * 12 + [1] * 13),
        ([0, 10, 20, *DOWN, *UP, 30], [0] * 16),
        ([field + 100 for field in [*DOWN, *UP, *DOWN, *UP]], [0] * 12 + [1] * 12),
    ],
    ids=["down first", "up first", "closed", "half", "two", "two up", "from zero", "minor"],
)
def test_loops_are_counted_wherever_they_begin(
    fields: list[float], expected: list[int], tmp_path: Path
) -> None:
    assert cycles(tmp_path, fields) == expected
