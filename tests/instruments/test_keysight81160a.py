"""Byte for byte: what the pulse generator's adapter sends and expects."""

from collections.abc import Iterator

import pytest
from pymeasure.instruments.keysight import Keysight81160A
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, LimitError, PulseShape
from dwmtj.instruments.adapters.pulses.keysight81160a import Keysight81160APulseGenerator

Exchange = list[tuple[bytes, bytes | None]]

SHAPE = PulseShape(width_s=50e-9, rise_s=10e-9, fall_s=12e-9)
NO_ERROR = b'+0,"No error"'
CONFLICT = b'-221,"Settings conflict"'
OFF: Exchange = [(b"OUTP1 0", None), (b":OUTP1?", b"0")]
SET_UP: Exchange = [
    *OFF,
    (b"*CLS", None),
    (b"*OPT?", b"002"),
    (b":TRAC:CHAN1 0", None),
    (b":FUNC1 PULS", None),
    *[(b":" + name + b"1:STAT 0", None) for name in (b"AM", b"FM", b"PM", b"FSK", b"PWM", b"SWE")],
    (b":OUTP1:LOAD 5.000000e+01", None),
    (b":VOLT1:LIM:STAT 0", None),
    (b":ARM:SOUR1 MAN", None),
    (b":TRIG1:COUN 1", None),
    (b":PULS:HOLD1 WIDT", None),
    (b":PULS:DEL1 0", None),
    (b":FUNC1:PULS:TRAN 1.000000e-09", None),
    (b":PULS:WIDT1 1.500000e-09", None),
    (b":PULS:PER1 1.000000e-06", None),
    (b":PULS:WIDT1 5.000000e-08", None),
    (b":FUNC1:PULS:TRAN 1.000000e-08", None),
    (b":FUNC1:PULS:TRAN:TRA 1.200000e-08", None),
]
TIMING_QUERY = (
    b":FUNC1?;:ARM:SOUR1?;:OUTP1:LOAD?;:PULS:WIDT1?;:FUNC1:PULS:TRAN?;:FUNC1:PULS:TRAN:TRA?;"
    b":SYST:ERR?"
)
TIMING = b"PULS;MAN;+5.0E+01;+5.0E-08;+1.0E-08;+1.2E-08;"
STATE_QUERY = b":OUTP1?;:OUTP1:POL?;:VOLT1:HIGH?;:VOLT1:LOW?;:TRIG1:COUN?;:SYST:ERR?"
TRIGGER_QUERY = b"*TRG;*WAI;:OUTP1?;:SYST:ERR?"


def state(high: bytes, low: bytes, on: bool = True, error: bytes = NO_ERROR) -> Exchange:
    polarity = b"INV" if low.startswith(b"-") else b"NORM"
    replies = [b"1" if on else b"0", polarity, high, low, b"+1", error]
    return [(STATE_QUERY, b";".join(replies))]


ARM: Exchange = [
    *SET_UP,
    (TIMING_QUERY, TIMING + NO_ERROR),
    *OFF,
    (b":VOLT1 0.050000", None),
    (b":VOLT1:OFFS 0.025000", None),
    (b":OUTP1:POL NORM", None),
    *state(b"+0.05", b"+0.0", on=False),
    (b"OUTP1 1", None),
    *state(b"+0.05", b"+0.0"),
]
TURN_NEGATIVE: Exchange = [
    *OFF,
    (b":VOLT1 0.050000", None),
    (b":VOLT1:OFFS -0.025000", None),
    (b":OUTP1:POL INV", None),
    *state(b"+0.0", b"-0.05", on=False),
    (b"OUTP1 1", None),
    *state(b"+0.0", b"-0.05"),
]
FIRED: Exchange = [(TRIGGER_QUERY, b"1;" + NO_ERROR)]


def exchange(*parts: Exchange) -> Exchange:
    return [pair for part in parts for pair in part]


@pytest.fixture
def generator(request: pytest.FixtureRequest) -> Iterator[Keysight81160APulseGenerator]:
    with expected_protocol(Keysight81160A, request.param) as driver:
        yield Keysight81160APulseGenerator(driver, channel=1, amplifier_gain=2.0)


def positive(level: bytes) -> Exchange:
    return [(b":VOLT1:HIGH " + level, None), *state(level, b"0"), *FIRED]


def negative(level: bytes) -> Exchange:
    return [(b":VOLT1:LOW " + level, None), *state(b"0", level), *FIRED]


@pytest.mark.parametrize("generator", [exchange(ARM, positive(b"1.500000"))], indirect=True)
def test_a_pulse_is_set_at_the_device_and_sent_once_through_the_amplifier(
    generator: Keysight81160APulseGenerator,
) -> None:
    generator.arm(SHAPE)
    generator.fire(3.0)


@pytest.mark.parametrize(
    "generator",
    [exchange(ARM, positive(b"1.500000"), TURN_NEGATIVE, negative(b"-1.850000"))],
    indirect=True,
)
def test_a_negative_pulse_inverts_the_polarity_with_the_output_off_and_idles_at_zero(
    generator: Keysight81160APulseGenerator,
) -> None:
    generator.arm(SHAPE)
    generator.fire(3.0)
    generator.fire(-3.7)


REARM: Exchange = [*OFF, *ARM[len(SET_UP) :]]
CHANGED = (TIMING_QUERY, TIMING.replace(b"5.0E-08", b"9.0E-08") + NO_ERROR)


@pytest.mark.parametrize("generator", [exchange(ARM, REARM)], indirect=True)
def test_armed_again_for_the_same_shape_it_reads_its_timing_back_and_sets_nothing_up(
    generator: Keysight81160APulseGenerator,
) -> None:
    generator.arm(SHAPE)
    generator.arm(SHAPE)


@pytest.mark.parametrize("generator", [exchange(ARM, OFF, [CHANGED] * 2, ARM)], indirect=True)
def test_a_timing_that_another_program_changed_is_an_error_and_then_set_up_anew(
    generator: Keysight81160APulseGenerator,
) -> None:
    generator.arm(SHAPE)
    with pytest.raises(BenchError, match=r"9\.0E-08 as its width in s where 5e-08 was set"):
        generator.arm(SHAPE)
    generator.arm(SHAPE)


@pytest.mark.parametrize("generator", [[]], indirect=True)
def test_nothing_is_sent_before_the_generator_is_armed(
    generator: Keysight81160APulseGenerator,
) -> None:
    with pytest.raises(BenchError, match="not armed"):
        generator.fire(3.0)


@pytest.mark.parametrize("generator", [ARM], indirect=True)
def test_a_level_beyond_the_driver_is_a_limit_error_and_no_pulse(
    generator: Keysight81160APulseGenerator,
) -> None:
    generator.arm(SHAPE)
    with pytest.raises(LimitError, match="pulse generator"):
        generator.fire(10.5)


@pytest.mark.parametrize("generator", [[*SET_UP, (TIMING_QUERY, TIMING + CONFLICT)]], indirect=True)
def test_a_refused_setting_is_reported_with_the_instruments_message_and_the_output_stays_off(
    generator: Keysight81160APulseGenerator,
) -> None:
    with pytest.raises(BenchError, match="-221 Settings conflict"):
        generator.arm(SHAPE)


TWO_PULSES: Exchange = [(STATE_QUERY, b"1;NORM;1.5;0;2;" + NO_ERROR)]
NONSENSE: Exchange = [(STATE_QUERY, b"9.9E37")]


def level_of(*states: Exchange) -> Exchange:
    return exchange(ARM, [(b":VOLT1:HIGH 1.500000", None)], *states)


@pytest.mark.parametrize(
    ("generator", "reason"),
    [
        (level_of(state(b"1.5", b"0", error=CONFLICT)), "-221 Settings conflict"),
        (level_of(*[state(b"0.05", b"0")] * 2), "0.05 as its high level in V where 1.5 was set"),
        (level_of(*[state(b"1.5", b"0.1")] * 2), "0.1 as its low level"),
        (level_of(*[state(b"1.5", b"0", on=False)] * 2), "0 as its output where 1 was set"),
        (level_of(*[state(b"1.5", b"-0.0")] * 2), "INV as its polarity where NORM was set"),
        (level_of(*[TWO_PULSES] * 2), "2 as its pulses"),
        (level_of(*[NONSENSE] * 2), "replied 9.9E37 to :OUTP1"),
    ],
    indirect=["generator"],
)
def test_nothing_is_fired_if_the_next_pulse_is_not_the_one_that_was_set(
    generator: Keysight81160APulseGenerator, reason: str
) -> None:
    generator.arm(SHAPE)
    with pytest.raises(BenchError, match=reason):
        generator.fire(3.0)


@pytest.mark.parametrize(
    "generator",
    [exchange(level_of(state(b"0.05", b"0"), state(b"1.5", b"0")), FIRED)],
    indirect=True,
)
def test_one_wrong_reply_is_asked_again_before_the_pulse(
    generator: Keysight81160APulseGenerator,
) -> None:
    generator.arm(SHAPE)
    generator.fire(3.0)


@pytest.mark.parametrize(
    ("generator", "reason"),
    [
        (
            level_of(state(b"1.5", b"0"), [(TRIGGER_QUERY, b"0;" + NO_ERROR)]),
            "switched its output off",
        ),
        (level_of(state(b"1.5", b"0"), [(TRIGGER_QUERY, b"1;" + CONFLICT)]), "-221 Settings"),
    ],
    indirect=["generator"],
)
def test_an_output_that_tripped_at_a_pulse_or_an_error_ends_the_run_without_a_second_pulse(
    generator: Keysight81160APulseGenerator, reason: str
) -> None:
    generator.arm(SHAPE)
    with pytest.raises(BenchError, match=reason):
        generator.fire(3.0)


@pytest.mark.parametrize("generator", [[*OFF, *OFF]], indirect=True)
def test_the_safe_state_may_be_asked_for_twice(generator: Keysight81160APulseGenerator) -> None:
    generator.make_safe()
    generator.make_safe()


STAYS_ON: Exchange = [(b"OUTP1 0", None), (b":OUTP1?", b"1")]


@pytest.mark.parametrize("generator", [[*STAYS_ON, *OFF]], indirect=True)
def test_an_output_that_stayed_on_is_switched_off_again(
    generator: Keysight81160APulseGenerator,
) -> None:
    generator.make_safe()


@pytest.mark.parametrize("generator", [STAYS_ON * 2], indirect=True)
def test_an_output_that_cannot_be_switched_off_is_named(
    generator: Keysight81160APulseGenerator,
) -> None:
    with pytest.raises(BenchError, match=r"pulse generator .* its output may be on"):
        generator.make_safe()
