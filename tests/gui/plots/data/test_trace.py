"""Which points a curve shows, and which of them are joined by lines."""

import numpy as np

from dwmtj.gui.plots import RunPoints
from dwmtj.gui.plots.data.trace import (
    Trace,
    against_field,
    against_time,
    against_voltage,
    field_against_time,
)
from dwmtj.tests.gui.plots.staircase import part, points_of, staircase


def test_lines_lead_from_pulse_to_pulse_of_a_cycle_and_not_from_cycle_to_cycle() -> None:
    trace = Trace(points_of(staircase(cycles=3, steps=4)), against_voltage)
    trace.update(1000)
    assert trace.x.tolist() == [0.1, 0.2, 0.30000000000000004, 0.4] * 3
    assert trace.joined.tolist() == [False, True, True, True] * 3


def test_lines_break_where_the_phase_changes() -> None:
    columns = staircase(cycles=1, steps=6)
    columns["phase"][4:] = "reset"
    trace = Trace(points_of(columns), against_voltage)
    trace.update(1000)
    assert trace.joined.tolist() == [False, True, True, False, True, True]


def test_what_is_not_a_number_is_left_out_and_what_is_marked_is_kept_apart() -> None:
    columns = staircase(cycles=1, steps=6)
    columns["resistance_ohm"][2:5] = [np.nan, np.inf, -np.inf]
    columns["mark"][5] = True
    trace = Trace(points_of(columns), against_voltage)
    trace.update(1000)
    assert trace.index.tolist() == [1, 6]
    assert trace.joined.tolist() == [False, True]
    assert trace.marked[0].tolist() == [0.5]


def test_a_trace_read_in_parts_is_the_trace_read_at_once() -> None:
    columns = staircase(cycles=5)
    points, grown = RunPoints(), None
    for start in range(0, 205, 13):
        points.append(part(columns, start, start + 13))
        grown = grown or Trace(points, against_voltage)
        while not grown.complete:
            grown.update(7)
    whole = Trace(points_of(columns), against_voltage)
    whole.update(1000)
    assert grown
    for name in ("x", "y", "index", "joined", "extent"):
        np.testing.assert_array_equal(getattr(grown, name), getattr(whole, name))


def test_fields_are_in_millitesla_and_loops_are_those_of_minor_loops() -> None:
    points = points_of(staircase(cycles=1, steps=2))
    field, loop = Trace(points, field_against_time), Trace(points, against_field)
    for trace in (field, loop):
        trace.update(1000)
    assert field.y.tolist() == [50.0, -4.0, -4.0]
    assert len(loop) == 0
    columns = staircase(cycles=1, steps=2)
    columns["phase"][:] = "loop"
    loop = Trace(points_of(columns), against_field)
    loop.update(1000)
    assert loop.x.tolist() == [50.0, -4.0, -4.0]


def test_a_series_in_time_is_joined_throughout() -> None:
    trace = Trace(points_of(staircase(cycles=3)), against_time, whole=True)
    trace.update(50)
    trace.update(1000)
    assert trace.joined.tolist() == [False] + [True] * 122
