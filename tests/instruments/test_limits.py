"""Nothing beyond the limits reaches an instrument."""

import math
import threading
from collections.abc import Callable

import pytest

from dwmtj.instruments import BenchError, LimitError, Limits, PulseShape, limits
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

    def interrupt(self) -> None:
        self.got.append("interrupted")

    def read(self) -> Reading:
        return Reading(1.0, 1.0)

    def check(self) -> None: ...

    def make_safe(self) -> None:
        self.got.append("safe")


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


@pytest.mark.parametrize("field_T", [0.09, -0.09, 0.0])
def test_fields_up_to_the_very_reach_of_the_coil_are_set(field_T: float) -> None:
    recorder = Recorder()
    assert LimitedMagnet(recorder, LIMITS).set_field(field_T) == field_T
    assert recorder.got == [field_T]


@pytest.mark.parametrize("current_A", [1e-9, -1e-9, 1e-4, -1e-4])
def test_read_currents_from_the_meters_smallest_to_the_very_limit_are_sourced(
    current_A: float,
) -> None:
    recorder = Recorder()
    LimitedResistanceMeter(recorder, LIMITS).arm(current_A)
    assert recorder.got == [current_A]


def test_only_rounding_may_take_a_pulse_past_the_generators_range() -> None:
    generator = LimitedPulseGenerator(Recorder(), LIMITS)
    generator.check_amplitudes([0.1 * (1 - 1e-10), 4.0 * (1 + 1e-10)])
    for amplitude_V in (0.1 * (1 - 1e-8), 4.0 * (1 + 1e-8)):
        with pytest.raises(LimitError, match=r"deliver 0\.1 V to 4 V"):
            generator.check_amplitudes([1.0, amplitude_V])


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


@pytest.mark.parametrize(
    "shape", [PulseShape(1e-6, 1e-9, 1e-9), PulseShape(5e-8, 1e-9, 7e-8)], ids=["long", "skewed"]
)
def test_a_pulse_shape_within_the_limits_is_armed(shape: PulseShape) -> None:
    recorder = Recorder()
    LimitedPulseGenerator(recorder, LIMITS).arm(shape)
    assert recorder.got == [shape]


def test_the_whole_edges_of_a_pulse_may_meet_in_a_triangle() -> None:
    wide = LIMITS.model_copy(update={"pulse_width_s": 1.0})
    wide.check_shape(PulseShape(1.0, 0.8, 0.8))
    with pytest.raises(LimitError, match=r"Rise and fall of 0\.81 s and 0\.8 s do not fit"):
        wide.check_shape(PulseShape(1.0, 0.81, 0.8))


@pytest.mark.parametrize("times_s", [(0, 1e-9, 1e-9), (5e-8, 0, 1e-9), (5e-8, 1e-9, 0)])
def test_every_time_of_a_pulse_is_longer_than_zero(times_s: tuple[float, float, float]) -> None:
    with pytest.raises(LimitError, match="must be longer than 0 s"):
        LIMITS.check_shape(PulseShape(*times_s))


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


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda: LIMITS.check_pulse(-7), r"A pulse amplitude of -7 V .* 5 V .* pulse_amplitude_V"),
        (
            lambda: LIMITS.check_shape(PulseShape(2e-6, 1e-8, 1e-8)),
            r"A pulse width of 2e-06 s .* 1e-06 s .* pulse_width_s",
        ),
        (lambda: LIMITS.check_current(0.1), r"A read current of 0\.1 A .* 0\.0001 A .* read_curr"),
        (lambda: LIMITS.check_field(0.2), r"A field of 0\.2 T .* 0\.1 T .*\[limits\] field_T"),
        (lambda: LIMITS.check_current(0), "A resistance cannot be read with 0 A"),
        (
            lambda: LimitedMagnet(Recorder(), LIMITS).check_fields([0.095]),
            r"A field of 0\.095 T is beyond the 0\.09 T that supply and coil reach",
        ),
        (
            lambda: LimitedResistanceMeter(Recorder(), LIMITS).check_currents([1e-10]),
            "A read current of 1e-10 A is below the 1e-09 A",
        ),
    ],
)
def test_the_message_names_the_value_the_limit_and_where_it_is_set(
    check: Callable[[], None], message: str
) -> None:
    with pytest.raises(LimitError, match=f"^{message}"):
        check()


@pytest.mark.parametrize("amplitude_V", [5.0, -5.0])
def test_a_limit_itself_may_be_reached(amplitude_V: float) -> None:
    LIMITS.check_pulse(amplitude_V)


def test_a_source_is_armed_from_the_first_message_until_it_is_safe() -> None:
    class Failing(Recorder):
        def arm(self, what: object) -> None:
            super().arm(what)
            raise BenchError("The cable was pulled.")

    recorder = Failing()
    meter = LimitedResistanceMeter(recorder, LIMITS)
    armed = [meter.armed]
    with pytest.raises(BenchError, match="cable"):
        meter.arm(1e-5)
    armed.append(meter.armed)
    meter.make_safe()
    assert [*armed, meter.armed] == [False, True, False]
    assert recorder.got == [1e-5, "safe"]


def test_a_source_that_could_not_be_made_safe_stays_armed() -> None:
    class Failing(Recorder):
        def make_safe(self) -> None:
            raise BenchError("It does not answer.")

    generator = LimitedPulseGenerator(Failing(), LIMITS)
    generator.arm(PulseShape(5e-8, 1e-9, 1e-9))
    with pytest.raises(BenchError, match="does not answer"):
        generator.make_safe()
    assert generator.armed is True


def test_a_change_of_the_field_is_interrupted_before_the_magnet_is_made_safe() -> None:
    recorder = Recorder()
    LimitedMagnet(recorder, LIMITS).make_safe()
    assert recorder.got == ["interrupted", "safe"]


def test_the_safe_state_waits_for_a_message_under_way_though_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Hanging(Recorder):
        begun, released = threading.Event(), threading.Event()

        def fire(self, amplitude_V: float) -> None:
            self.begun.set()
            self.released.wait()
            super().fire(amplitude_V)

    recorder = Hanging()
    generator = LimitedPulseGenerator(recorder, LIMITS)
    firing = threading.Thread(target=generator.fire, args=(1.0,))
    firing.start()
    recorder.begun.wait()
    monkeypatch.setattr(limits, "PATIENCE_S", 0.05)
    generator.make_safe()
    assert recorder.got == ["safe"]

    monkeypatch.undo()
    waiting = threading.Thread(target=generator.make_safe)
    waiting.start()
    recorder.released.set()
    firing.join()
    waiting.join()
    assert recorder.got == ["safe", 1.0, "safe"]


def test_a_closed_instrument_takes_nothing_but_the_safe_state() -> None:
    recorder = Recorder()
    generator, magnet, meter = (
        LimitedPulseGenerator(recorder, LIMITS),
        LimitedMagnet(Recorder(), LIMITS),
        LimitedResistanceMeter(Recorder(), LIMITS),
    )
    generator.closed = magnet.closed = meter.closed = True
    for use in (
        lambda: generator.arm(PulseShape(5e-8, 1e-9, 1e-9)),
        lambda: generator.fire(1.0),
        lambda: magnet.set_field(0.01),
        lambda: meter.arm(1e-5),
        meter.read,
    ):
        with pytest.raises(BenchError, match="open it again"):
            use()
    generator.make_safe()
    assert recorder.got == ["safe"]
