"""The PyVISA back end: bare PyVISA scripts on the virtual bench."""

from pathlib import Path
from typing import Any, cast

import pytest
import pyvisa
from pyvisa import constants
from pyvisa.constants import InterfaceType, StatusCode
from pyvisa.highlevel import list_backends
from pyvisa.resources import GPIBInstrument, SerialInstrument

from dwmtj.simulators.bench import LabError, VirtualBenchLibrary

GENERATOR, METER, GAUSSMETER = "GPIB0::10::INSTR", "GPIB0::24::INSTR", "ASRL1::INSTR"


def opened(manager: pyvisa.ResourceManager, name: str, **kwargs: Any) -> GPIBInstrument:
    return cast("GPIBInstrument", manager.open_resource(name, **kwargs))


def test_pyvisa_lists_the_back_end() -> None:
    assert "dwmtj" in list_backends()
    assert "straight" in str(VirtualBenchLibrary.get_debug_info())


def test_the_library_has_a_real_path_and_a_clock(manager: pyvisa.ResourceManager) -> None:
    library = manager.visalib
    assert isinstance(library, VirtualBenchLibrary)
    assert library.library_path == "trapezoid"
    before_s = library.clock.now_s()
    library.clock.sleep(3600.0)
    assert library.clock.now_s() == before_s + 3600.0


def test_resources_are_listed_and_filtered(manager: pyvisa.ResourceManager) -> None:
    assert len(manager.list_resources()) == 4
    assert manager.list_resources("ASRL?*") == (GAUSSMETER,)
    assert manager.resource_info("GPIB::10").interface_type is InterfaceType.gpib


def test_an_unknown_resource_is_not_found(manager: pyvisa.ResourceManager) -> None:
    with pytest.raises(pyvisa.VisaIOError) as failure:
        manager.open_resource("GPIB0::11::INSTR")
    assert failure.value.error_code == StatusCode.error_resource_not_found


@pytest.mark.parametrize("spelling", ["GPIB::24", "gpib0::24", METER])
def test_every_spelling_of_a_name_opens_the_instrument(
    manager: pyvisa.ResourceManager, spelling: str
) -> None:
    assert opened(manager, spelling).query("*IDN?").startswith("KEITHLEY")


def test_an_unknown_lab_is_named_in_one_sentence() -> None:
    with pytest.raises(LabError, match=r"no virtual lab 'nowhere': choose one of array, straight"):
        pyvisa.ResourceManager("nowhere@dwmtj")


@pytest.mark.parametrize(
    "address",
    [
        "USB0::0x05E6::0x2400::1234::INSTR",
        "TCPIP0::bench::inst0::INSTR",
        "TCPIP0::bench::5025::SOCKET",
        "ASRL/dev/ttyUSB0::INSTR",
        "GPIB0::24::INSTR",
    ],
)
def test_an_instrument_answers_on_every_kind_of_interface(tmp_path: Path, address: str) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(f'[[instrument]]\nmodel = "2400"\naddress = "{address}"', encoding="utf-8")
    own = pyvisa.ResourceManager(f"{path}@dwmtj")
    with opened(own, address, read_termination="\n", write_termination="\n") as meter:
        meter.timeout = 500
        assert meter.query("*IDN?").startswith("KEITHLEY")
        assert meter.query(":SOUR:VOLT 0.5;VOLT?") == "+5.000000E-01"
        meter.write("*CLS")
        with pytest.raises(pyvisa.VisaIOError) as failure:
            meter.read()
        assert failure.value.error_code == StatusCode.error_timeout
    own.close()


def test_two_labs_share_nothing(manager: pyvisa.ResourceManager) -> None:
    other = pyvisa.ResourceManager("trapezoid?name=other@dwmtj")
    opened(manager, GENERATOR).write(":VOLT1:HIGH 1.25")
    assert opened(other, GENERATOR).query(":VOLT1:HIGH?") == "+5.000000E-01\n"
    assert opened(manager, GENERATOR).query(":VOLT1:HIGH?") == "+1.250000E+00\n"
    other.close()


def test_an_instrument_keeps_its_state_when_its_session_closes(
    manager: pyvisa.ResourceManager,
) -> None:
    with opened(manager, GENERATOR) as generator:
        generator.write(":VOLT1:LOW -0.25")
    manager.close()
    again = pyvisa.ResourceManager("@dwmtj")
    assert float(opened(again, GENERATOR).query(":VOLT1:LOW?")) == -0.25


def test_reading_without_a_query_times_out_in_simulated_time(
    manager: pyvisa.ResourceManager,
) -> None:
    meter = opened(manager, METER, timeout=60_000)
    clock = cast("VirtualBenchLibrary", manager.visalib).clock
    start_s = clock.now_s()
    with pytest.raises(pyvisa.VisaIOError) as failure:
        meter.read()
    assert failure.value.error_code == StatusCode.error_timeout
    assert clock.now_s() - start_s == pytest.approx(60.0)
    assert meter.query("SYST:ERR?").startswith("-420")


def measuring(manager: pyvisa.ResourceManager) -> GPIBInstrument:
    """Return a source-meter that takes 601 ms for a reading."""
    meter = opened(manager, METER)
    meter.write("*RST;:SYST:RSEN ON;:SOUR:FUNC CURR;:SOUR:CURR 1E-4;:SENS:VOLT:PROT 0.5")
    meter.write(":SENS:FUNC 'VOLT';:SENS:VOLT:NPLC 10;:OUTP ON")
    return meter


def test_a_reply_that_takes_longer_than_the_time_out_stays_for_a_later_read(
    manager: pyvisa.ResourceManager,
) -> None:
    meter = measuring(manager)
    meter.timeout = 50
    clock = cast("VirtualBenchLibrary", manager.visalib).clock
    start_s = clock.now_s()
    meter.write(":READ?")
    working_s = clock.now_s() - start_s
    in_vain = int(working_s / 0.05)
    assert in_vain > 2
    for _ in range(in_vain):
        with pytest.raises(pyvisa.VisaIOError) as failure:
            meter.read()
        assert failure.value.error_code == StatusCode.error_timeout
    assert float(meter.read().split(",")[0]) > 0
    assert clock.now_s() - start_s == pytest.approx(working_s)
    assert meter.query("SYST:ERR?").startswith("0,")


def test_a_patient_session_waits_for_a_slow_reply(manager: pyvisa.ResourceManager) -> None:
    meter = measuring(manager)
    meter.timeout = 1000
    assert float(meter.query(":READ?").split(",")[0]) > 0
    meter.timeout = float("inf")
    assert float(meter.query(":READ?").split(",")[0]) > 0


def test_a_program_that_waited_by_itself_finds_the_reply_at_once(
    manager: pyvisa.ResourceManager,
) -> None:
    meter = measuring(manager)
    meter.timeout = 50
    meter.write(":READ?")
    cast("VirtualBenchLibrary", manager.visalib).clock.sleep(0.6)
    assert meter.read()
    meter.write(":READ?")
    assert meter.read_stb() & 0x10
    assert meter.read()


def test_an_unread_reply_is_lost_to_the_next_message(manager: pyvisa.ResourceManager) -> None:
    meter = opened(manager, METER)
    meter.write("*IDN?")
    assert meter.query("SYST:ERR?").startswith("-410")


def test_replies_can_be_read_in_pieces(manager: pyvisa.ResourceManager) -> None:
    meter = opened(manager, METER)
    meter.write("*IDN?")
    assert meter.read_bytes(8) == b"KEITHLEY"
    assert meter.read().endswith("/K\n")
    meter.read_termination = "\n"
    assert meter.query("*OPC?") == "1"


def test_clear_and_flush_drop_replies(manager: pyvisa.ResourceManager) -> None:
    meter = opened(manager, METER)
    meter.write("*IDN?")
    meter.clear()
    assert meter.query("*OPC?;SYST:ERR?").startswith('1;0,"No error"')
    meter.write("*IDN?")
    meter.flush(constants.BufferOperation.discard_receive_buffer)
    assert meter.query("SYST:ERR?").startswith("0,")


def test_a_serial_line_needs_its_newline(manager: pyvisa.ResourceManager) -> None:
    gaussmeter = cast("SerialInstrument", manager.open_resource(GAUSSMETER))
    gaussmeter.baud_rate = 57600
    gaussmeter.data_bits = 7
    gaussmeter.parity = constants.Parity.odd
    gaussmeter.read_termination = "\r\n"
    gaussmeter.write_termination = ""
    gaussmeter.write("*ID")
    assert gaussmeter.bytes_in_buffer == 0
    gaussmeter.write("N?\nUNIT?\n")
    assert gaussmeter.read().startswith("LSCI,MODEL425")
    assert gaussmeter.read() == "1"
    assert (gaussmeter.baud_rate, gaussmeter.data_bits) == (57600, 7)
    assert gaussmeter.parity is constants.Parity.odd


def test_an_attribute_a_resource_lacks_is_refused(manager: pyvisa.ResourceManager) -> None:
    meter = opened(manager, METER)
    with pytest.raises(pyvisa.VisaIOError) as failure:
        meter.set_visa_attribute(constants.ResourceAttribute.asrl_baud_rate, 9600)
    assert failure.value.error_code == StatusCode.error_nonsupported_attribute
    assert meter.primary_address == 24


def test_a_closed_session_is_refused(manager: pyvisa.ResourceManager) -> None:
    meter = opened(manager, METER)
    session = meter.session
    meter.close()
    with pytest.raises(pyvisa.VisaIOError) as failure:
        manager.visalib.write(session, b"*IDN?")
    assert failure.value.error_code == StatusCode.error_invalid_object


def test_a_bus_trigger_fires_a_pulse(manager: pyvisa.ResourceManager) -> None:
    generator = opened(manager, GENERATOR)
    generator.assert_trigger()
    assert generator.query("SYST:ERR?").startswith("-211")
    generator.write(":FUNC1 PULS;:PULS:PER1 2;WIDT1 1;:ARM:SOUR1 MAN;:VOLT1:HIGH 0.1;LOW 0")
    generator.write(":OUTP1 ON")
    clock = cast("VirtualBenchLibrary", manager.visalib).clock
    start_s = clock.now_s()
    generator.assert_trigger()
    assert clock.now_s() - start_s == pytest.approx(1.0, abs=0.01)
    assert generator.query("SYST:ERR?").startswith("+0")
