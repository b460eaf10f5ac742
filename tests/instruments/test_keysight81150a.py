"""Byte for byte: where the adapter of the 81150A differs from that of the 81160A."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pymeasure.instruments.keysight import Keysight81160A
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError
from dwmtj.instruments.adapters.pulses.keysight81150a import Keysight81150APulseGenerator
from dwmtj.tests.instruments import test_keysight81160a as same
from dwmtj.tests.instruments.test_keysight81160a import NO_ERROR, SHAPE, Exchange

ROUTE = (b":OUTP1:ROUT HIB", None)
TIMING_QUERY = same.TIMING_QUERY.replace(b":SYST", b":OUTP1:ROUT?;:SYST")
SHORTEST: Exchange = [(b":FUNC1:PULS:TRAN MIN", None), (b":PULS:WIDT1 MIN", None)]


def set_up(option: bytes = b"002") -> Exchange:
    *before, coupling = same.SET_UP[: same.SET_UP.index((b":FUNC1 PULS", None))]
    before[before.index((b"*OPT?", b"002"))] = (b"*OPT?", option)
    shape = same.SET_UP.index((b":FUNC1 PULS", None))
    shortest = same.SET_UP.index((b":FUNC1:PULS:TRAN 1.000000e-09", None))
    hold = same.SET_UP.index((b":PULS:HOLD1 WIDT", None))
    return [
        *before,
        *([] if option == b"001" else [coupling]),
        *same.SET_UP[shape:hold],
        ROUTE,
        *same.SET_UP[hold:shortest],
        *SHORTEST,
        *same.SET_UP[shortest + 2 :],
    ]


def timing(route: bytes = b"HIB") -> Exchange:
    return [(TIMING_QUERY, same.TIMING + route + b";" + NO_ERROR)]


IDLE: Exchange = same.ARM[len(same.SET_UP) + 1 :]


@contextmanager
def generator_of(*parts: Exchange) -> Iterator[Keysight81150APulseGenerator]:
    with expected_protocol(Keysight81160A, [pair for part in parts for pair in part]) as driver:
        yield Keysight81150APulseGenerator(driver, channel=1, amplifier_gain=2.0)


@pytest.mark.parametrize("option", [b"002", b"001"])
def test_its_high_bandwidth_amplifier_is_selected_and_read_back(option: bytes) -> None:
    pulse = [*same.positive(b"1.500000")]
    with generator_of(set_up(option), timing(), IDLE, pulse) as generator:
        generator.arm(SHAPE)
        generator.fire(3.0)


def test_with_the_other_amplifier_the_output_stays_off() -> None:
    with (
        generator_of(set_up(), timing(b"HIV") * 2) as generator,
        pytest.raises(BenchError, match="HIV as its amplifier where HIB was set"),
    ):
        generator.arm(SHAPE)
