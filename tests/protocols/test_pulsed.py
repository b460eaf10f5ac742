"""Pulsed protocols do what the method section says, in that order."""

from itertools import pairwise
from typing import Any

import pytest

from dwmtj.instruments import Bench, LimitError
from dwmtj.protocols import ProtocolError
from dwmtj.protocols.catalogue import PROTOCOLS, make_protocol
from dwmtj.storage import Phase

LADDER: dict[str, float | str] = {
    "amplitude_start_V": 1.0,
    "amplitude_stop_V": 2.0,
    "amplitude_step_V": 0.5,
}


def fired(rig: Any) -> list[float]:
    return [call[1] for call in rig.calls if call[0] == "fire"]


def fields(rig: Any) -> list[float]:
    return [call[1] for call in rig.calls if call[0] == "field"]


def test_a_staircase_saturates_sets_the_bias_then_reads_after_every_pulse(
    bench: Bench, rig: Any
) -> None:
    points = list(make_protocol("staircase-write", {**LADDER, "cycles": 2}).steps(bench))
    one_cycle = [("field", 0.05), ("read",), ("field", -0.004), ("read",)]
    for amplitude_V in (1.0, 1.5, 2.0):
        one_cycle += [("fire", amplitude_V), ("read",)]
    assert rig.calls[2:] == 2 * one_cycle
    assert [point.phase for point in points] == 2 * ["saturate", "bias", "write", "write", "write"]
    assert [point.cycle for point in points] == 5 * [0] + 5 * [1]
    assert points[2].field_T == -0.004
    assert points[2].resistance_ohm == pytest.approx(100)
    assert points[2].pulse_width_s == 50e-9


def test_the_pulses_of_a_reset_are_negative_and_never_saturate_first(
    bench: Bench, rig: Any
) -> None:
    points = list(make_protocol("reset", LADDER).steps(bench))
    assert fields(rig) == [-0.042]
    assert fired(rig) == [-1.0, -1.5, -2.0]
    assert [point.amplitude_V for point in points] == [None, -1.0, -1.5, -2.0]
    assert [point.phase for point in points] == ["bias", "reset", "reset", "reset"]
    assert {point.cycle for point in points} == {0}


def test_cycling_saturates_once_and_changes_the_bias_with_the_direction(
    bench: Bench, rig: Any
) -> None:
    parameters = {**LADDER, "reset_stop_V": 1.5, "cycles": 2}
    points = list(make_protocol("write-reset-cycling", parameters).steps(bench))
    assert fields(rig) == [0.05, -0.004, -0.042, -0.004, -0.042]
    assert fired(rig) == 2 * [1.0, 1.5, 2.0, -1.0, -1.5]
    cycle = ["bias", "write", "write", "write", "bias", "reset", "reset"]
    assert [point.phase for point in points] == ["saturate", *cycle, *cycle]
    assert [point.cycle for point in points] == [0] + 7 * [0] + 7 * [1]


def test_the_ramp_of_the_straight_synapse_saturates_the_other_way_and_goes_further() -> None:
    ramp = make_protocol("repeated-ramp")
    assert ramp.set_points().fields_T == (-0.12, -0.004)
    assert max(ramp.set_points().amplitudes_V) == 5.5
    assert ramp.expected_cycles() == 10


def test_a_resumed_protocol_starts_at_the_cycle_it_is_given(bench: Bench) -> None:
    procedure = make_protocol("staircase-write", {**LADDER, "cycles": 4})
    assert {point.cycle for point in procedure.steps(bench, first_cycle=2)} == {2, 3}


@pytest.mark.parametrize(
    ("name", "parameters", "cycles"),
    [
        ("staircase-write", {"cycles": 3}, {1, 2}),
        ("write-reset-cycling", {"cycles": 3}, {1, 2}),
        ("reset", {}, {1}),
    ],
)
def test_every_point_of_a_resumed_run_is_of_the_cycles_that_were_missing(
    name: str, parameters: dict[str, float | str], cycles: set[int], bench: Bench
) -> None:
    procedure = make_protocol(name, {**LADDER, **parameters})
    assert {point.cycle for point in procedure.steps(bench, first_cycle=1)} == cycles


@pytest.mark.parametrize("name", ["staircase-write", "reset", "write-reset-cycling"])
def test_every_reading_waits_for_its_delay_after_the_pulse(
    name: str, bench: Bench, rig: Any
) -> None:
    points = list(make_protocol(name, {**LADDER, "read_delay_s": 5}).steps(bench))
    waits_s = [b.time_s - a.time_s for a, b in pairwise(points) if b.amplitude_V is not None]
    assert waits_s == pytest.approx([5.02] * len(fired(rig)))


FIXED = [name for name, protocol in PROTOCOLS.items() if not protocol.chooses_pulses]


@pytest.mark.parametrize("name", FIXED)
def test_a_protocol_yields_as_many_points_as_it_announces(name: str, bench: Bench) -> None:
    steps = LADDER if "amplitude_start_V" in PROTOCOLS[name].declared() else {}
    procedure = make_protocol(name, steps)
    assert len(list(procedure.steps(bench))) == procedure.expected_points()


@pytest.mark.parametrize("name", FIXED)
def test_a_protocol_asks_for_nothing_it_did_not_declare(name: str, bench: Bench, rig: Any) -> None:
    steps = LADDER if "amplitude_start_V" in PROTOCOLS[name].declared() else {}
    procedure = make_protocol(name, steps)
    list(procedure.steps(bench))
    set_points = procedure.set_points()
    assert set(fired(rig)) == set(set_points.amplitudes_V)
    assert set(fields(rig)) == set(set_points.fields_T)
    armed = {call[1] for call in rig.calls if call[0] == "arm"}
    assert armed == {*set_points.currents_A} | ({set_points.shape} - {None})


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("staircase-write", {"amplitude_stop_V": 7}),
        ("staircase-write", {"pulse_width_s": 2e-6}),
        ("staircase-write", {"amplitude_start_V": 0.01}),
        ("minor-loop", {"largest_field_T": 0.2}),
        ("saturate", {"read_current_A": 0.01}),
        ("write-reset-cycling", {"reset_stop_V": 7}),
        ("read-series", {"amplitude_stop_V": 7}),
    ],
)
def test_a_protocol_beyond_the_limits_is_refused_before_anything_is_touched(
    name: str, parameters: dict[str, float | str], bench: Bench, rig: Any
) -> None:
    procedure = make_protocol(name, parameters)
    with pytest.raises(LimitError):
        procedure.check(bench)
    assert rig.calls == []


@pytest.mark.parametrize(
    ("name", "parameters", "told"),
    [
        ("staircase-wirte", {}, "did you mean 'staircase-write'"),
        ("reset", {"amplitud_stop_V": 3}, "did you mean 'amplitude_stop_V'"),
        ("reset", {"amplitude_stop_V": "4 mT"}, "a magnetic field and not a voltage"),
        ("reset", {"amplitude_stop_V": -4}, "must be a number from 0 to 100 V"),
        ("reset", {"amplitude_stop_V": "nan"}, "must be a number"),
        ("reset", {"amplitude_step_V": 0}, "amplitude_step_V is 0"),
        ("staircase-write", {"cycles": 2.5}, "must be a whole number from 1"),
        (
            "reset",
            {"amplitude_start_V": 3, "amplitude_stop_V": 2},
            "The amplitude stops at 2, below its start",
        ),
        ("write-reset-cycling", {"reset_stop_V": 0.05}, "The reset amplitude stops at 0.05, below"),
    ],
)
def test_bad_parameters_get_one_sentence(
    name: str, parameters: dict[str, float | str], told: str
) -> None:
    with pytest.raises(ProtocolError, match=told):
        make_protocol(name, parameters)


@pytest.mark.parametrize(
    ("step_V", "amplitudes_V"),
    [
        (1.0, (0.1, 1.1, 2.1, 3.1, 4.0)),
        (1.3, (0.1, 1.4, 2.7, 4.0)),
        (10.0, (0.1, 4.0)),
    ],
)
def test_the_last_pulse_has_the_last_amplitude_whatever_the_step(
    step_V: float, amplitudes_V: tuple[float, ...]
) -> None:
    steps: dict[str, float | str] = {"amplitude_start_V": 0.1, "amplitude_step_V": step_V}
    assert make_protocol("staircase-write", steps).set_points().amplitudes_V == amplitudes_V


def test_a_minor_loop_turns_at_its_largest_field_whatever_the_step() -> None:
    loop = make_protocol("minor-loop", {"largest_field_T": 0.05, "step_T": 0.04})
    assert loop.set_points().fields_T == (0.05, 0.03, -0.01, -0.05, -0.01, 0.03, 0.05)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_resumed_protocol_yields_as_many_points_as_it_announces(name: str, bench: Bench) -> None:
    if "cycles" in PROTOCOLS[name].declared():
        procedure = make_protocol(name, {"cycles": 3})
        points = list(procedure.steps(bench, first_cycle=2))
        assert len(points) == procedure.expected_points(2)


def test_a_value_may_carry_a_unit_and_is_in_si_units_without_one() -> None:
    parameters: dict[str, float | str] = {
        "amplitude_stop_V": "3500 mV",
        "pulse_width_s": "50n",
        "rise_s": "2e-8",
        "bias_field_T": "\u2212420 Oe",
    }
    reset = make_protocol("reset", parameters)
    assert (reset.amplitude_stop_V, reset.pulse_width_s) == (3.5, 50e-9)
    assert (reset.rise_s, reset.bias_field_T) == (2e-8, -0.042)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_point_of_a_protocol_is_of_a_known_phase(name: str, bench: Bench) -> None:
    small: dict[str, float | str] = {"amplitude_step_V": 1, "step_T": 0.01, "readings": 2}
    declared = PROTOCOLS[name].declared()
    procedure = make_protocol(name, {key: small[key] for key in small if key in declared})
    phases = {point.phase for point in procedure.steps(bench)}
    assert phases and all(isinstance(phase, Phase) for phase in phases)
