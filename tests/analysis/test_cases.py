"""Small files from other labs, each with its right answer."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import find_levels, measure_levels, measure_minor_loop
from dwmtj.analysis.calibration import calibrate
from dwmtj.analysis.calibration.runs import CalibrationRun
from dwmtj.analysis.levels.grouping.gradual import GradualDeviceError
from dwmtj.analysis.report.numbers import result_tables

from .kinds import points

CASES = Path(__file__).parent / "cases"


def case(name: str) -> pd.DataFrame:
    table = pd.read_csv(CASES / f"{name}.csv")
    cycle = table["cycle"].astype(int) if "cycle" in table else 0
    return points(cycle, table["V"], table["R"])


@pytest.mark.parametrize("name", ["coarse-ladder", "equal-glitches", "one-open-contact"])
def test_a_coarse_ladder_has_its_four_levels(name: str) -> None:
    levels = find_levels(case(name))
    assert [level.mean_ohm for level in levels] == pytest.approx([100, 93, 80, 67], abs=0.5)
    assert all(level.std_ohm > 0.01 for level in levels)


@pytest.mark.parametrize(
    ("name", "found"),
    [("equal-glitches", "autorange glitch (6 readings"), ("one-open-contact", "open contact (1")],
)
def test_outliers_are_named_by_what_they_are(name: str, found: str) -> None:
    (outliers,) = measure_levels(case(name)).outliers
    assert str(outliers).startswith(found)


def test_thirty_levels_are_thirty() -> None:
    assert len(find_levels(case("thirty-levels"))) == 30


def test_a_gradual_device_is_named_as_one() -> None:
    with pytest.raises(GradualDeviceError, match=r"no separate levels \(5.3 to 51 kΩ, gradual\)"):
        find_levels(case("analog-set"))


def test_a_train_of_equal_pulses_has_levels_and_no_switching_voltage() -> None:
    train = case("pulse-train")
    report = measure_levels(train)
    assert report.readings == 40
    assert [round(level.mean_ohm) for level in report.levels] == list(range(100, 50, -5))
    tables = {table.title: table for table in result_tables(train)}
    assert not tables["Switching voltages"].rows
    assert tables["Moves by single pulses"].rows[0] == ("2", "0", "4", "1", "25 (1 to 81)")


def test_two_states_are_left_every_time() -> None:
    cycling = case("two-state-endurance")
    levels = find_levels(cycling)
    assert [level.mean_ohm for level in levels] == pytest.approx([100, 65], abs=0.2)
    run = CalibrationRun(cycling.assign(pulse_width_s=5e-8, field_T=np.nan, time_s=0.0), "A")
    model = calibrate([run], "memory")
    assert [pulses.counts for pulses in model.pulses] == [
        (((0, 29), (0, 0)),),
        (((0, 0), (28, 0)),),
    ]


def test_a_loop_that_starts_at_zero_field_has_its_two_fields() -> None:
    """The resistance changes between 40 and 50 mT on the way up, −40 and −50 on the way down."""
    table = pd.read_csv(CASES / "loop-from-zero.csv")
    loop = pd.DataFrame(
        {"phase": "loop", "field_T": table["H"] / 1e3, "resistance_ohm": table["R"]}
    )
    found = measure_minor_loop(loop)
    assert (found.down_T.value, found.up_T.value) == pytest.approx((-0.045, 0.045))
    assert found.down_T.low > -0.05
    assert found.coercive_field_T == pytest.approx(0.045)
