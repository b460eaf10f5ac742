"""Byte for byte: what the switch's adapter sends and expects."""

from collections.abc import Iterator

import pytest
from pymeasure.instruments.keithley import Keithley2750
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError
from dwmtj.instruments.adapters.switches.keithley2750 import Keithley2750Switch

FINE = (b"SYST:ERR?", b'0,"No error"')
OPEN = (b":ROUTe:OPEN:ALL", None)
CLOSE = (b":ROUTe:MULTiple:CLOSe (@102,503)", None)


def closed(reply: bytes) -> tuple[bytes, bytes]:
    return (b":ROUT:MULT:CLOS?", reply)


@pytest.fixture
def switch(request: pytest.FixtureRequest) -> Iterator[Keithley2750Switch]:
    with expected_protocol(Keithley2750, request.param) as driver:
        yield Keithley2750Switch(driver, ("101", "102"), ("501", "502", "503"))


@pytest.mark.parametrize("switch", [[OPEN, CLOSE, FINE, closed(b"(@102,503)")]], indirect=True)
def test_closing_opens_what_was_closed_and_reads_the_relays_back(
    switch: Keithley2750Switch,
) -> None:
    switch.close(1, 2)


@pytest.mark.parametrize("switch", [[OPEN, FINE, closed(b"(@)")]], indirect=True)
def test_opening_opens_all(switch: Keithley2750Switch) -> None:
    switch.open()


@pytest.mark.parametrize("reply", [b"(@102)", b"(@101,102,503)", b"(@)", b""])
def test_a_relay_that_did_not_move_is_found_out(reply: bytes) -> None:
    with expected_protocol(Keithley2750, [OPEN, CLOSE, FINE, *[closed(reply)] * 2]) as driver:
        switch = Keithley2750Switch(driver, ("101", "102"), ("501", "502", "503"))
        with pytest.raises(BenchError, match=r"as its closed channels where \[102, 503\] should"):
            switch.close(1, 2)


@pytest.mark.parametrize("switch", [[OPEN, FINE, *[closed(b"")] * 2]], indirect=True)
def test_an_empty_reply_is_no_list_of_no_relays(switch: Keithley2750Switch) -> None:
    with pytest.raises(BenchError, match="replied nothing"):
        switch.open()


@pytest.mark.parametrize("switch", [[]], indirect=True)
@pytest.mark.parametrize(("row", "column"), [(2, 0), (0, 3), (-1, 0)])
def test_a_device_outside_the_array_is_refused(
    switch: Keithley2750Switch, row: int, column: int
) -> None:
    with pytest.raises(BenchError, match="rows 0 to 1 and columns 0 to 2"):
        switch.close(row, column)
