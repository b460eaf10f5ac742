"""Nothing beyond the limits reaches an instrument."""

import math

import pytest

from dwmtj.instruments import LimitError, Limits, PulseShape
from dwmtj.instruments.limits import LimitedMagnet, LimitedPulseGenerator, LimitedResistanceMeter
from dwmtj.instruments.roles import Reading

LIMITS = Limits(
    pulse_amplitude_V=5,
    pulse_width_s=1e-6,
    read_current_A=1e-4,
    read_voltage_V=0.5,
    field_T=0.1,
    field_rate_T_per_s=0.1,
)


class Recorder:
    """Stands behind the limits as any of the three roles and notes what gets through."""

    identity = "recorder"
    gaussmeter_identity = "recorder"
    minimum_amplitude_V = 0.1
    maximum_amplitude_V = 4.0
    maximum_field_T = 0.09
    minimum_current_A = 1e-9

    def __init__(self) -> None:
        self.got: list[object] = []

    def arm(self, what: object) -> None:
        self.got.append(what)

    def fire(self, amplitude_V: float) -> None:
        self.got.append(amplitude_V)

    def set_field(self, field_T: float) -> float:
        self.got.append(field_T)
        return field_T

    def read_field(self) -> float:
        return 0.0

    def interrupt(self) -> None: ...

    def read(self) -> Reading:
        return Reading(1.0, 1.0)

    def check(self) -> None: ...

    def make_safe(self) -> None: ...


@pytest.mark.parametrize("amplitude_V", [5.1, -5.1, math.nan, math.inf, 4.5, -4.5, 0.05, 0.0])
def test_a_pulse_outside_limit_or_range_is_never_fired(amplitude_V: float) -> None:
    recorder = Recorder()
    with pytest.raises(LimitError):
        LimitedPulseGenerator(recorder, LIMITS).fire(amplitude_V)
    assert recorder.got == []


@pytest.mark.parametrize("amplitude_V", [0.1, -0.1, 4.0, -4.0])
def test_pulses_up_to_the_very_limit_are_fired(amplitude_V: float) -> None:
    recorder = Recorder()
    LimitedPulseGenerator(recorder, LIMITS).fire(amplitude_V)
    assert recorder.got == [amplitude_V]


@pytest.mark.parametrize(
    "shape",
    [
        PulseShape(2e-6, 1e-8, 1e-8),
        PulseShape(5e-8, 6e-8, 6e-8),
        PulseShape(5e-8, 5e-8, 5e-8),
        PulseShape(0, 1e-9, 1e-9),
        PulseShape(math.nan, 1e-9, 1e-9),
        PulseShape(5e-8, math.nan, 1e-9),
    ],
)
def test_a_pulse_shape_too_long_or_impossible_is_never_armed(shape: PulseShape) -> None:
    recorder = Recorder()
    with pytest.raises(LimitError):
        LimitedPulseGenerator(recorder, LIMITS).arm(shape)
    assert recorder.got == []


@pytest.mark.parametrize("field_T", [0.11, -0.11, 0.095, math.nan])
def test_a_field_beyond_limit_or_coil_is_never_set(field_T: float) -> None:
    recorder = Recorder()
    with pytest.raises(LimitError):
        LimitedMagnet(recorder, LIMITS).set_field(field_T)
    assert recorder.got == []


@pytest.mark.parametrize("current_A", [1.1e-4, -1.1e-4, 0.0, 1e-12, math.nan])
def test_a_read_current_beyond_the_limit_or_below_the_meter_is_never_sourced(
    current_A: float,
) -> None:
    recorder = Recorder()
    with pytest.raises(LimitError):
        LimitedResistanceMeter(recorder, LIMITS).arm(current_A)
    assert recorder.got == []


def test_the_message_names_the_limit_and_where_it_is_set() -> None:
    with pytest.raises(LimitError, match=r"7 V is beyond.*5 V \(\[limits\] pulse_amplitude_V"):
        LIMITS.check_pulse(7)
