"""Writing levels: known shortest paths, and walls of the simulated device written by the policy."""

from collections.abc import Callable
from typing import Literal

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import AnalysisError
from dwmtj.analysis.calibration.model import calibrate
from dwmtj.analysis.calibration.runs import CalibrationRun
from dwmtj.analysis.state_model.model import LevelState, Prior, Pulses, Quantity, Source, StateModel
from dwmtj.analysis.writing.policy import WritePolicy, single_shot_policy, write_verify_policy
from dwmtj.analysis.writing.transitions import PulseHistory
from dwmtj.simulators.device import Device, load_device

SOURCE = Source((1,), "lab.sqlite", "0.1.0", "2025-03-01T22:15:00+00:00", "counted", "ladders")
UP = [[[2, 2, 0], [0, 0, 0], [0, 0, 0]], [[0, 1, 1], [0, 2, 0], [0, 0, 0]]]
DOWN = [[[0, 0, 0], [3, 0, 0], [1, 0, 0]], [[4, 0, 0], [0, 0, 0], [0, 0, 0]]]
Counts = list[list[list[int]]]


def a_model(up: Counts | None = UP, down: Counts | None = DOWN) -> StateModel:
    """Three levels; pulses of 1 V and 2 V, of either polarity unless None."""

    def table(polarity: Literal["positive", "negative"], counts: Counts) -> Pulses:
        nested = tuple(tuple(tuple(row) for row in one) for one in counts)
        return Pulses(polarity, 5e-8, None, None, None, (1.0, 2.0), nested, SOURCE)

    return StateModel(
        name="A3",
        version=1,
        devices=("A3",),
        levels=tuple(
            LevelState(Quantity(mean), Quantity(1.0), 0.1, None, 4) for mean in (100.0, 80.0, 60.0)
        ),
        levels_source=SOURCE,
        pulses=(
            *([] if up is None else [table("positive", up)]),
            *([] if down is None else [table("negative", down)]),
        ),
        prior=Prior(),
        saturation_field_T=0.05,
        saturated_level=0,
        read_noise=None,
    )


def test_the_fewest_pulses_are_those_of_the_known_shortest_path() -> None:
    """At once with 2 V: N = 1 + ¼(1 + N), the quarter that went too far being brought back."""
    policy = write_verify_policy(a_model())
    assert policy.first_V[1].tolist() == [2, 0, -1]
    assert policy.pulses[1, 0] == pytest.approx(5 / 3)
    assert policy.squares_V2[1, 0] == pytest.approx(4.25 / 0.75)
    assert policy.pulses[1].tolist() == pytest.approx([5 / 3, 0, 1 + 5 / 3])
    assert policy.pulses[0].tolist() == pytest.approx([0, 1, 1])


def test_the_least_energy_tries_the_smaller_pulse_first() -> None:
    """Σ V² = 1 + ½(4 + ½(1 + Σ V²)); what withstood 1 V is not given it again."""
    policy = write_verify_policy(a_model(), np.square)
    assert policy.squares_V2[1, 0] == pytest.approx(13 / 3)
    assert policy.pulses[1, 0] == pytest.approx(7 / 3)
    withstood = PulseHistory.empty(2).after(np.array([1.0, 0.0]), np.array([False, False]))
    assert policy.amplitude_V(1, np.zeros(2, dtype=int), withstood).tolist() == [2, 1]
    arrived = withstood.after(np.array([2.0, 1.0]), np.array([True, True]))
    assert (arrived.positive_V.tolist(), arrived.negative_V.tolist()) == ([2, 1], [0, 0])


def test_ladders_that_broke_off_are_taken_to_end_as_the_last_moves_did() -> None:
    interrupted = [[[2, 1, 1], [0, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 1, 0], [0, 0, 1]]]
    policy = write_verify_policy(a_model(interrupted))
    assert policy.first_V[1, 0] in (1, 2)
    assert np.isfinite(policy.pulses[:, 0]).all()


@pytest.mark.parametrize(
    ("up", "down", "told"),
    [
        (UP, None, "has no negative pulses"),
        (None, DOWN, "has no positive pulses"),
        ([[[0] * 3] * 3, [[4, 0, 0], [0, 0, 0], [0, 0, 0]]], DOWN, "has no wall moved by pos"),
        (
            UP,
            [[*DOWN[0][:2], [0, 0, 0]], DOWN[1]],
            "from level 2. Calibrate it from write-reset-cy",
        ),
        ([UP[0], [[1, 1, 0], [0, 2, 0], [0, 0, 0]]], DOWN, "every wall on from level 0"),
    ],
)
def test_what_cannot_be_written_is_named_with_what_to_measure(
    up: Counts | None, down: Counts | None, told: str
) -> None:
    with pytest.raises(AnalysisError, match=told):
        write_verify_policy(a_model(up, down))


def test_a_single_shot_fires_the_pulse_that_most_likely_arrives() -> None:
    shot = single_shot_policy(a_model())
    assert shot.amplitude_V.tolist() == [0, 2, 2]
    assert shot.reached[1].tolist() == [0, 0.75, 0.25]
    with pytest.raises(AnalysisError, match="saturated wall to level 2"):
        single_shot_policy(a_model([UP[0], [[0, 2, 0], [0, 2, 0], [0, 0, 0]]]))


READ_A, EDGE_s, WIDTH_s = 20e-6, 10e-9, 50e-9
SATURATION_T = {"straight": -0.12, "trapezoid": 0.05}
FIELD_T = {1: -0.004, -1: -0.042}


def fire(device: Device, amplitude_V: np.ndarray | float) -> None:
    """Fire positive pulses at the field of writing, negative ones at that of resetting."""
    for sign, field_T in FIELD_T.items():
        pulse_V = np.maximum(sign * np.asarray(amplitude_V, dtype=float), 0) * sign
        device.drive(np.broadcast_to(pulse_V, device.count), WIDTH_s, field_T, EDGE_s, EDGE_s)
        device.drive(0.0, 1e-3, field_T)


def cycling(name: str, stops_V: tuple[float, ...], cycles: int) -> pd.DataFrame:
    """Write-reset-cycling in steps of 50 mV, `cycles` times up to each amplitude, on one device."""
    device = Device(load_device(name), seed=1)
    device.drive(0.0, 1.0, SATURATION_T[name])
    rows: list[tuple[int, str, float, float, float]] = []

    def read(cycle: int, phase: str, amplitude_V: float, field_T: float) -> None:
        voltage_V = float(device.junction_voltage_V(READ_A, 20e-3)[0])
        rows.append((cycle, phase, amplitude_V, field_T, voltage_V / READ_A))

    read(0, "saturate", np.nan, SATURATION_T[name])
    for cycle in range(cycles * len(stops_V)):
        for sign, stop_V in ((1, stops_V[cycle // cycles]), (-1, 4.0)):
            phase = "write" if sign > 0 else "reset"
            read(cycle, "bias", np.nan, FIELD_T[sign])
            for step in range(1, round(stop_V / 0.05) + 1):
                amplitude_V = sign * round(0.05 * step, 9)
                fire(device, amplitude_V)
                read(cycle, phase, amplitude_V, FIELD_T[sign])
    columns = ["cycle", "phase", "amplitude_V", "field_T", "resistance_ohm"]
    points = pd.DataFrame(rows, columns=columns)
    width_s = points["amplitude_V"].where(points["amplitude_V"].isna(), WIDTH_s)
    return points.assign(pulse_width_s=width_s, current_A=READ_A)


def pulses_until_written(
    name: str,
    model: StateModel,
    target: int,
    next_V: Callable[[np.ndarray, PulseHistory], np.ndarray],
) -> np.ndarray:
    """Write 1,000 saturated copies of the simulated device; return the pulses each took, ≤ 80."""
    device = Device(load_device(name), seed=99, count=1000)
    means = np.array([level.resistance_ohm.value for level in model.levels])
    between = (means[1:] + means[:-1]) / 2

    def read() -> np.ndarray:
        found_ohm = device.junction_voltage_V(READ_A, 20e-3) / READ_A
        return len(between) - np.searchsorted(between[::-1], found_ohm)

    device.drive(0.0, 1.0, SATURATION_T[name])
    level, withstood = read(), PulseHistory.empty(device.count)
    pulses = np.zeros(device.count)
    for _ in range(80):
        amplitude_V = np.where(level == target, 0, next_V(level, withstood))
        if not amplitude_V.any():
            break
        pulses += amplitude_V != 0
        fire(device, amplitude_V)
        before, level = level, read()
        withstood = withstood.after(amplitude_V, level != before)
    return pulses


def by_policy(policy: WritePolicy, target: int) -> Callable[[np.ndarray, PulseHistory], np.ndarray]:
    return lambda level, withstood: policy.amplitude_V(target, level, withstood)


def by_staircase(
    target: int, first_V: float, step_V: float
) -> Callable[[np.ndarray, PulseHistory], np.ndarray]:
    """Fire ever larger pulses below the target, the largest reset beyond it, then begin anew."""

    def next_V(level: np.ndarray, withstood: PulseHistory) -> np.ndarray:
        up = np.clip(withstood.positive_V + step_V, first_V, 4.5)
        stuck = withstood.positive_V >= 4.5
        return np.where((level > target) | stuck, -4.0, up)

    return next_V


@pytest.mark.parametrize(
    ("name", "stops_V", "cycles"),
    [("straight", (2.9, 3.3, 3.7, 4.5), 60), ("trapezoid", (2.2, 3.25, 4.0), 6)],
)
def test_the_device_needs_the_pulses_expected_and_fewer_than_by_staircases(
    name: str, stops_V: tuple[float, ...], cycles: int
) -> None:
    """Within a third: pulses are chosen that happened to hit in 60 cycles; seeds are fixed."""
    run = CalibrationRun(cycling(name, stops_V, cycles), name, 1)
    model = calibrate([run], name)
    policy = write_verify_policy(model)
    for target in range(1, policy.levels):
        needed = pulses_until_written(name, model, target, by_policy(policy, target))
        assert needed.max() < 80
        assert needed.mean() == pytest.approx(policy.pulses[target, policy.start], rel=0.35)
        for first_V, step_V in ((2.5, 0.1), (3.0, 0.2)):
            staircase = by_staircase(target, first_V, step_V)
            by_steps = pulses_until_written(name, model, target, staircase)
            assert needed.mean() <= by_steps.mean() + 0.1
