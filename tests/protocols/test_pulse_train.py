"""Trains of equal pulses begin at the same state, however often they are repeated."""

from collections.abc import Callable
from typing import Any

import pytest

from dwmtj.instruments import Bench, BenchFile, open_bench
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.dry_run import dry_run

AMPLITUDES: dict[str, float | str] = {
    "amplitude_start_V": 2.0,
    "amplitude_stop_V": 3.0,
    "amplitude_step_V": 1.0,
}


def test_each_train_begins_at_saturation_and_has_equal_pulses(bench: Bench, rig: Any) -> None:
    points = list(make_protocol("pulse-train", {**AMPLITUDES, "pulses": 3}).steps(bench))
    train: list[tuple[object, ...]] = []
    for amplitude_V in (2.0, 3.0):
        train += [("field", 0.05), ("read",), ("field", -0.004), ("read",)]
        train += 3 * [("fire", amplitude_V), ("read",)]
    assert rig.calls[2:] == train
    assert [point.cycle for point in points] == 5 * [0] + 5 * [1]
    assert [point.phase for point in points[:5]] == ["saturate", "bias", "write", "write", "write"]


@pytest.mark.parametrize("name", ["pulse-train", "switching-probability"])
def test_every_trial_passes_over_all_amplitudes(name: str, bench: Bench, rig: Any) -> None:
    procedure = make_protocol(name, {**AMPLITUDES, "pulses": 1, "trials": 3})
    points = list(procedure.steps(bench, first_cycle=1))
    assert [call[1] for call in rig.calls if call[0] == "fire"] == [3.0, 2.0, 3.0, 2.0, 3.0]
    assert {point.cycle for point in points} == {1, 2, 3, 4, 5}
    assert len(points) == procedure.expected_points(1)


def test_trials_after_a_reset_pulse_saturate_only_once(bench: Bench, rig: Any) -> None:
    parameters = {**AMPLITUDES, "trials": 2, "reset_V": 3.5}
    procedure = make_protocol("switching-probability", parameters)
    points = list(procedure.steps(bench))
    fields_T = [call[1] for call in rig.calls if call[0] == "field"]
    assert fields_T == [0.05, *4 * [-0.042, -0.004]]
    fired_V = [call[1] for call in rig.calls if call[0] == "fire"]
    assert fired_V == [-3.5, 2.0, -3.5, 3.0, -3.5, 2.0, -3.5, 3.0]
    assert [point.phase for point in points[:4]] == ["saturate", "reset", "bias", "write"]
    assert len(points) == procedure.expected_points()
    set_points = procedure.set_points()
    assert set(set_points.amplitudes_V) == set(fired_V)
    assert set(set_points.fields_T) == set(fields_T)


def test_trials_after_a_reset_pulse_are_foretold(bench: Bench) -> None:
    parameters = {**AMPLITUDES, "trials": 1000, "reset_V": 3.5}
    procedure = make_protocol("switching-probability", parameters)
    foretold = dry_run(procedure, bench.file)
    assert (foretold.cycles, foretold.points, foretold.pulses) == (2000, 6001, 4000)


def test_a_wall_moves_more_often_at_a_larger_amplitude(virtual: Callable[..., BenchFile]) -> None:
    parameters: dict[str, float | str] = {
        "amplitude_start_V": 0.5,
        "amplitude_stop_V": 3.5,
        "amplitude_step_V": 3.0,
        "trials": 5,
    }
    with open_bench(virtual()) as bench:
        points = list(make_protocol("switching-probability", parameters).steps(bench))
    before = [point.resistance_ohm for point in points if point.phase == "bias"]
    after = [point.resistance_ohm for point in points if point.phase == "write"]
    moved = [b - a > 3 for b, a in zip(before, after, strict=True) if a is not None and b]
    assert moved == 5 * [False, True]
