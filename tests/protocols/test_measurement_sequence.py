"""A reading is a point with its time, its field and the pulse before it."""

from collections.abc import Callable
from typing import Any

import pytest

from dwmtj.instruments import Bench, BenchError, ExchangeError, PulseShape, Reading
from dwmtj.protocols.measurement_sequence import MeasurementSequence, counted_retries
from dwmtj.storage import Phase

SHAPE = PulseShape(width_s=50e-9, rise_s=10e-9, fall_s=10e-9)
READING_s = 0.02  # what a reading of the rig takes


def failing(read: Callable[[], Reading], *errors: Exception) -> Callable[[], Reading]:
    """Return a meter's `read` that raises each error in turn before it reads."""
    remaining = list(errors)

    def read_or_fail() -> Reading:
        if remaining:
            raise remaining.pop(0)
        return read()

    return read_or_fail


def test_meter_and_generator_are_armed_before_anything_else(bench: Bench, rig: Any) -> None:
    MeasurementSequence.start(bench, 2e-5, SHAPE)
    assert rig.calls == [("arm", 2e-5), ("arm", SHAPE)]


def test_without_a_pulse_shape_the_generator_is_left_alone(bench: Bench, rig: Any) -> None:
    MeasurementSequence.start(bench, 2e-5)
    assert rig.calls == [("arm", 2e-5)]


def test_a_point_holds_what_was_read_since_the_start_at_the_confirmed_field(
    bench: Bench, rig: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.time_s = 1000.0
    sequence = MeasurementSequence.start(bench, 2e-5)
    assert sequence.read(Phase.BIAS, 3).field_T is None
    monkeypatch.setattr(rig, "set_field", lambda field_T: field_T + 1e-4)
    monkeypatch.setattr(rig, "read", lambda: Reading(voltage_V=0.01, current_A=2e-5))
    sequence.set_field(0.05)
    rig.sleep(7.0)
    point = sequence.read(Phase.WRITE, 4, amplitude_V=2.5, pulse_width_s=50e-9)
    assert point.time_s == pytest.approx(7.0 + READING_s)
    assert (point.voltage_V, point.current_A) == (0.01, 2e-5)
    assert point.resistance_ohm == pytest.approx(500)
    assert point.field_T == 0.05 + 1e-4
    assert (point.phase, point.cycle) == (Phase.WRITE, 4)
    assert (point.amplitude_V, point.pulse_width_s) == (2.5, 50e-9)


def test_a_reading_waits_for_its_delay_after_every_pulse(bench: Bench, rig: Any) -> None:
    sequence = MeasurementSequence.start(bench, 2e-5, SHAPE)
    points = list(sequence.pulses([1.0, 2.0], SHAPE, 3.0, Phase.RESET, 5))
    assert [p.time_s for p in points] == pytest.approx([3 + READING_s, 6 + 2 * READING_s])
    assert [p.amplitude_V for p in points] == [1.0, 2.0]
    assert {(p.phase, p.cycle, p.pulse_width_s) for p in points} == {(Phase.RESET, 5, 50e-9)}


def test_readings_are_an_interval_apart_from_start_to_start(bench: Bench, rig: Any) -> None:
    sequence = MeasurementSequence.start(bench, 2e-5)
    points = list(sequence.readings(4, 0.5, Phase.READ, 2))
    ends_s = [0.5 * number + READING_s for number in range(4)]
    assert [p.time_s for p in points] == pytest.approx(ends_s)
    assert {(p.phase, p.cycle, p.amplitude_V) for p in points} == {(Phase.READ, 2, None)}


def test_a_meter_slower_than_the_interval_reads_at_its_own_rate(bench: Bench, rig: Any) -> None:
    sequence = MeasurementSequence.start(bench, 2e-5)
    points = list(sequence.readings(4, 0.01, Phase.READ, 0))
    assert [p.time_s for p in points] == pytest.approx([READING_s * n for n in (1, 2, 3, 4)])


def test_a_late_reading_shifts_those_after_it(bench: Bench, rig: Any) -> None:
    times_s = []
    for point in MeasurementSequence.start(bench, 2e-5).readings(4, 0.5, Phase.READ, 0):
        times_s.append(point.time_s)
        if len(times_s) == 2:
            rig.sleep(2.0)
    late_s = 0.5 + READING_s + 2.0
    expected_s = [READING_s, 0.5 + READING_s, late_s + READING_s, late_s + READING_s + 0.5]
    assert times_s == pytest.approx(expected_s)


def test_a_reading_that_fails_is_repeated_once_with_a_warning_and_counted(
    bench: Bench, rig: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sequence = MeasurementSequence.start(bench, 2e-5)
    monkeypatch.setattr(rig, "read", failing(rig.read, ExchangeError("No reply.")))
    read = rig.read
    with counted_retries() as retries:
        sequence.read(Phase.BIAS, 0)
        sequence.read(Phase.BIAS, 0)
        monkeypatch.setattr(rig, "read", failing(read, ExchangeError("No number.")))
        sequence.read(Phase.BIAS, 0)
    assert retries.count == 2
    assert [message.split(": ")[1] for message in caplog.messages] == ["No reply.", "No number."]
    assert rig.calls[1:] == [("read",)] * 3


def test_a_reading_that_fails_twice_or_for_another_reason_ends_the_run(
    bench: Bench, rig: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequence = MeasurementSequence.start(bench, 2e-5)
    mute = (ExchangeError("No reply."), ExchangeError("Still none."))
    monkeypatch.setattr(rig, "read", failing(rig.read, *mute))
    with counted_retries() as retries, pytest.raises(ExchangeError, match="Still none"):
        sequence.read(Phase.BIAS, 0)
    assert retries.count == 0
    monkeypatch.setattr(rig, "read", failing(rig.read, BenchError("The output is off.")))
    with pytest.raises(BenchError, match="output is off"):
        sequence.read(Phase.BIAS, 0)


def test_readings_are_counted_only_where_somebody_counts(
    bench: Bench, rig: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequence = MeasurementSequence.start(bench, 2e-5)
    read = rig.read
    monkeypatch.setattr(rig, "read", failing(read, ExchangeError("No reply.")))
    with counted_retries() as outer:
        with counted_retries() as inner:
            sequence.read(Phase.BIAS, 0)
        monkeypatch.setattr(rig, "read", failing(read, ExchangeError("No reply.")))
        sequence.read(Phase.BIAS, 0)
    monkeypatch.setattr(rig, "read", failing(read, ExchangeError("No reply.")))
    sequence.read(Phase.BIAS, 0)
    assert (inner.count, outer.count) == (1, 1)
