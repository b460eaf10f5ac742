"""Byte for byte: what the pulse generator's adapter sends and expects."""

from collections.abc import Iterator

import pytest
from pymeasure.instruments.keysight import Keysight81160A
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, LimitError, PulseShape
from dwmtj.instruments.adapters.keysight81160a import Keysight81160APulseGenerator

Exchange = list[tuple[bytes, bytes | None]]

SHAPE = PulseShape(width_s=50e-9, rise_s=10e-9, fall_s=12e-9)
NO_ERROR: Exchange = [(b"SYST:ERR?", b'+0,"No error"')]
ARM: Exchange = [
    (b"*RST", None),
    (b"*CLS", None),
    (b":FUNC1 PULS", None),
    (b":OUTP1:LOAD 5.000000e+01", None),
    (b":ARM:SOUR1 MAN", None),
    (b":TRIG1:COUN 1", None),
    (b":PULS:PER1 1.000000e-06", None),
    (b":FUNC1:PULS:TRAN 1.000000e-09", None),
    (b":PULS:WIDT1 5.000000e-08", None),
    (b":FUNC1:PULS:TRAN 1.000000e-08", None),
    (b":FUNC1:PULS:TRAN:TRA 1.200000e-08", None),
    (b"OUTP1 0", None),
    (b":VOLT1 0.050000", None),
    (b":VOLT1:OFFS 0.025000", None),
    (b":OUTP1:POL NORM", None),
    *NO_ERROR,
    (b"OUTP1 1", None),
]
TURN_NEGATIVE: Exchange = [
    (b"OUTP1 0", None),
    (b":VOLT1 0.050000", None),
    (b":VOLT1:OFFS -0.025000", None),
    (b":OUTP1:POL INV", None),
    *NO_ERROR,
    (b"OUTP1 1", None),
]


def exchange(*parts: Exchange) -> Exchange:
    return [pair for part in parts for pair in part]


@pytest.fixture
def generator(request: pytest.FixtureRequest) -> Iterator[Keysight81160APulseGenerator]:
    with expected_protocol(Keysight81160A, request.param) as driver:
        yield Keysight81160APulseGenerator(driver, channel=1, amplifier_gain=2.0)


def positive(level: bytes) -> Exchange:
    return [(b":VOLT1:HIGH " + level, None), *NO_ERROR, (b"*TRG;*WAI", None), *NO_ERROR]


def negative(level: bytes) -> Exchange:
    return [(b":VOLT1:LOW " + level, None), *NO_ERROR, (b"*TRG;*WAI", None), *NO_ERROR]


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


CONFLICT: Exchange = [
    (b"SYST:ERR?", b'-221,"Settings conflict"'),
    (b"SYST:ERR?", b'+0,"No error"'),
]


@pytest.mark.parametrize("generator", [[*ARM[:-2], *CONFLICT]], indirect=True)
def test_a_refused_setting_is_reported_with_the_instruments_message_and_the_output_stays_off(
    generator: Keysight81160APulseGenerator,
) -> None:
    with pytest.raises(BenchError, match="-221 Settings conflict"):
        generator.arm(SHAPE)


@pytest.mark.parametrize(
    "generator", [[*ARM, (b":VOLT1:HIGH 2.200000", None), *CONFLICT]], indirect=True
)
def test_a_refused_level_does_not_fire_the_pulse_before_it(
    generator: Keysight81160APulseGenerator,
) -> None:
    generator.arm(SHAPE)
    with pytest.raises(BenchError, match="-221 Settings conflict"):
        generator.fire(4.4)


@pytest.mark.parametrize("generator", [[(b"OUTP1 0", None), (b"OUTP1 0", None)]], indirect=True)
def test_the_safe_state_may_be_asked_for_twice(generator: Keysight81160APulseGenerator) -> None:
    generator.make_safe()
    generator.make_safe()
