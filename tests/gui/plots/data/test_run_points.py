"""The points of a run as arrays that grow."""

import numpy as np

from dwmtj.gui.plots import RunPoints
from dwmtj.tests.gui.plots.staircase import part, points_of, staircase


def test_points_appended_in_parts_are_those_appended_at_once() -> None:
    columns = staircase(cycles=60, steps=50)  # more than the first room of the arrays
    points = RunPoints()
    for start in range(0, 3060, 77):
        points.append(part(columns, start, start + 77))
    whole = points_of(columns)
    for name in ("point", "cycle", "time_s", "amplitude_V", "resistance_ohm", "marked"):
        np.testing.assert_array_equal(getattr(points, name), getattr(whole, name))
    assert [points.phases[code] for code in points.phase] == columns["phase"].tolist()


def test_a_column_that_was_not_asked_for_is_missing_not_wrong() -> None:
    points = points_of({"point": np.arange(3), "resistance_ohm": np.array([1.0, 2.0, 3.0])})
    assert np.isnan(points.amplitude_V).all()
    assert points.cycle.tolist() == [0, 0, 0]
    assert not points.marked.any()


def test_time_continues_where_an_earlier_attempt_ended() -> None:
    time_s = np.array([1.0, 2.0, np.nan, 4.0, 0.5, 1.5])
    assert points_of({"point": np.arange(6), "time_s": time_s}).elapsed_s.tolist() == [
        *(1.0, 2.0, 2.0, 4.0),
        *(4.5, 5.5),
    ]


def test_a_resumed_run_drops_the_points_of_the_cycle_that_it_repeats() -> None:
    first, again = part(staircase(cycles=3), 0, 100), staircase(cycles=3, first_point=100)
    points = points_of({**first, "attempt": np.full(100, 1)})
    repeated = part({**again, "attempt": np.full(123, 2)}, 82, 123)
    points.append(repeated)
    assert points.cycle.tolist() == [0] * 41 + [1] * 41 + [2] * 41
    assert points.point[82:].tolist() == repeated["point"].tolist()
    assert points.generation == 1
    assert np.all(np.diff(points.elapsed_s) >= 0)
    assert points.elapsed_s[82] == points.elapsed_s[81] + repeated["time_s"][0]
