"""An array behind a switch: what the closed relays connect is what pulses and readings meet."""

from pathlib import Path

import numpy as np
import pytest
import pyvisa
from pymeasure.instruments.keithley import Keithley2750

from dwmtj.simulators.bench import Lab, LabError, forget_labs, open_lab, read_lab_file
from dwmtj.simulators.bench.circuit.circuit import Piece
from dwmtj.simulators.device import Device

WRITES = [Piece(0.0, 1e-3), Piece(2.7, 50e-9), Piece(0.0, 1e-3)]  # 5.4 V on the track


def small_lab(folder: Path, **replaced: str) -> Path:
    """Write the lab of an array of 2 rows and 3 columns."""
    text = Path("simulators/bench/labs/array.toml").read_text(encoding="utf-8")
    text = text.replace('"101:140,201:240,301:340,401:408"', '"101:102"')
    text = text.replace('"501:520"', '"501:503"')
    for old, new in replaced.items():
        text = text.replace(old, new)
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    forget_labs()
    return open_lab(str(small_lab(tmp_path)))


def sites(lab: Lab) -> list[int]:
    return [int(site) for site in lab.device.site]


def read(lab: Lab) -> tuple[float, bool]:
    voltage_V, current_A, limited = lab.circuit.junction(
        current_A=20e-6, limit=0.5, four_wire=True, integration_s=0.02, terminals="FRON"
    )
    return (voltage_V / current_A if current_A else float("inf")), limited


def test_a_pulse_reaches_the_device_that_is_connected_and_no_other(lab: Lab) -> None:
    lab.circuit.switch({102, 503})
    lab.circuit.play(WRITES)
    assert [place for place, site in enumerate(sites(lab)) if site] == [5]


def test_with_nothing_connected_the_lines_are_open(lab: Lab) -> None:
    lab.circuit.play(WRITES)
    assert sites(lab) == [0] * 6
    resistance_ohm, limited = read(lab)
    assert resistance_ohm == float("inf")
    assert limited
    lab.circuit.switch({101})  # a row without a column
    assert read(lab)[1]


def test_devices_side_by_side_are_parallel_and_share_the_pulse(lab: Lab) -> None:
    lab.circuit.switch({101, 501})
    one_ohm, _ = read(lab)
    lab.circuit.switch({101, 102, 501})
    both_ohm, _ = read(lab)
    assert both_ohm == pytest.approx(one_ohm / 2, rel=1e-3)
    lab.circuit.play(WRITES)
    assert [place for place, site in enumerate(sites(lab)) if site] == [0, 3]


def test_the_field_acts_on_every_device(lab: Lab) -> None:
    lab.circuit.switch({101, 501})
    lab.circuit.play(WRITES)
    lab.circuit.switch({102, 502})
    lab.circuit.play(WRITES)
    assert sum(site > 0 for site in sites(lab)) == 2
    lab.circuit.feed_magnet(current_A=-10.0, voltage_V=36.0, regulates_current=True)
    lab.clock.sleep(1.0)
    assert sites(lab) == [0] * 6


def test_a_device_in_an_array_is_the_device_of_its_place(lab: Lab) -> None:
    lab.circuit.switch({102, 502})
    lab.circuit.play(WRITES)
    parameters = lab.declared.parameters
    alone = Device(parameters, seed=1, count=6)  # type: ignore[arg-type]
    for piece in WRITES:
        alone.drive(2 * piece.voltage_V, piece.duration_s)
    assert sites(lab)[4] == alone.site[4]


def test_a_junction_closed_onto_a_source_that_floats_too_high_is_destroyed(lab: Lab) -> None:
    meter = lab.instruments["GPIB0::24::INSTR"]
    for limit_V, broken in ((0.5, 0), (5.0, 1)):
        lab.circuit.switch(())
        meter.execute(f":SOUR:FUNC CURR;:SOUR:CURR 20E-6;:SENS:VOLT:PROT {limit_V};:OUTP ON")
        lab.circuit.switch({101, 503})
        assert int(lab.device.broken.sum()) == broken


def test_closing_cold_onto_any_source_destroys_nothing(lab: Lab) -> None:
    meter = lab.instruments["GPIB0::24::INSTR"]
    meter.execute(":SOUR:FUNC CURR;:SOUR:CURR 20E-6;:SENS:VOLT:PROT 5;:OUTP OFF")
    lab.circuit.switch({101, 503})
    meter.execute(":OUTP ON")
    assert not lab.device.broken.any()


def test_2560_devices_select_read_and_write_one_by_one() -> None:
    forget_labs()
    lab = open_lab("array")
    for place in range(0, 2560, 97):
        row, column = divmod(place, 20)
        lab.circuit.switch({100 * (1 + row // 40) + 1 + row % 40, 501 + column})
        lab.circuit.play(WRITES)
    written = np.flatnonzero(lab.device.site)
    assert set(written) <= set(range(0, 2560, 97))
    assert len(written) > 20


def test_the_switch_speaks_as_its_driver_expects(tmp_path: Path) -> None:
    library = f"{small_lab(tmp_path)}@dwmtj"
    switch = Keithley2750("GPIB0::16::INSTR", visa_library=library)
    assert "MODEL 2750" in switch.id
    switch.close(101)
    switch.close(503)
    assert switch.closed_channels == [101, 503]
    switch.open(101)
    assert switch.ask(":ROUT:MULT:CLOS?").strip() == "(@503)"
    switch.open_all()
    assert switch.ask(":ROUT:MULT:CLOS?").strip() == "(@)"
    assert switch.ask("*OPT?").strip() == "7702,7702,7702,7702,7702"


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (":ROUT:MULT:CLOS (@146)", '-222,"Parameter data out of range;146"'),
        (":ROUT:MULT:CLOS (@101:601)", '-222,"Parameter data out of range;146"'),
        (":ROUT:CLOS (@101,102)", '-222,"Parameter data out of range"'),
        (":ROUT:MULT:CLOS 101", '-104,"Data type error;101"'),
        (":ROUT:MULT:CLOS (@a)", '-102,"Syntax error;(@a)"'),
        (":ROUT:MULT:CLOS", '-109,"Missing parameter"'),
        (":READ?", '-113,"Undefined header;READ"'),
    ],
)
def test_a_wrong_message_moves_no_relay(lab: Lab, message: str, error: str) -> None:
    switch = lab.instruments["GPIB0::16::INSTR"]
    switch.execute(message)
    assert switch.execute(":SYST:ERR?;:ROUT:MULT:CLOS?") == f"{error};(@)"


def test_a_system_channel_opens_the_others(lab: Lab) -> None:
    switch = lab.instruments["GPIB0::16::INSTR"]
    switch.execute(":ROUT:MULT:CLOS (@101:103,501)")
    switch.execute(":ROUT:CLOS (@202)")
    assert switch.execute(":ROUT:CLOS?;:ROUT:MULT:CLOS?") == "(@202);(@202,245)"
    assert switch.execute(":ROUT:MULT:CLOS:STAT? (@101,202)") == "0,1"
    switch.execute("*RST")
    assert switch.execute(":ROUT:MULT:CLOS?") == "(@)"


def test_an_array_in_a_file_outlives_its_lab(tmp_path: Path) -> None:
    path = f"{small_lab(tmp_path)}?state={tmp_path}/chip.state"
    lab = open_lab(path)
    lab.circuit.switch({101, 502})
    lab.circuit.play(WRITES)
    left = sites(lab)
    assert any(left)
    forget_labs()
    later = open_lab(f"{path}&attempt=2")
    assert sites(later) == left


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"101:102"', '"101:x"', "row_channels is '101:x'; it must be a list of channels"),
        ('"101:102"', '"101,101"', "row_channels is '101,101'; it must name each channel once"),
        ('"101:102"', '"141"', "must have channels of the switch, 101 to 540, not 141"),
        ('"501:503"', '"102"', "has channel 102 for a row and for a column"),
        ("row_channels", "rows", r"array\.rows is not a key of .*: row_channels, column_channels"),
        ('column_channels = "501:503"', "", "column_channels is missing; add it"),
    ],
)
def test_a_mistake_in_the_wiring_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(LabError, match=message):
        read_lab_file(str(small_lab(tmp_path, **{old: new})))


def test_a_file_of_another_array_is_refused(tmp_path: Path) -> None:
    state = tmp_path / "chip.state"
    forget_labs()
    open_lab(f"{small_lab(tmp_path)}?state={state}")
    with pytest.raises(LabError, match="holds no array of 2560 devices of the kind 'straight'"):
        open_lab(f"array?state={state}")
    state.write_bytes(state.read_bytes()[:4200])
    forget_labs()
    with pytest.raises(LabError, match="holds no array of 6"):
        open_lab(f"{small_lab(tmp_path)}?state={state}")


def test_a_single_device_keeps_no_state_file(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="state is kept of an array"):
        open_lab(f"straight?state={tmp_path}/chip.state")


def test_a_bench_reaches_the_array_through_pyvisa(tmp_path: Path) -> None:
    library = f"{small_lab(tmp_path)}@dwmtj"
    manager = pyvisa.ResourceManager(library)
    assert "GPIB0::16::INSTR" in manager.list_resources()


def test_stuck_devices_keep_their_walls_whatever_is_done(tmp_path: Path) -> None:
    forget_labs()
    path = small_lab(tmp_path)
    lab = open_lab(f"{path}?stuck=0.5")
    before = sites(lab)
    stuck = set(lab.declared.stuck)
    assert len(stuck) == 3
    lab.circuit.switch({101, 102, 501, 502, 503})
    lab.circuit.play(WRITES)
    moved = {place for place, site in enumerate(sites(lab)) if site != before[place]}
    assert moved == set(range(6)) - stuck
    lab.circuit.feed_magnet(current_A=-10.0, voltage_V=36.0, regulates_current=True)
    lab.clock.sleep(1.0)
    assert [site for place, site in enumerate(sites(lab)) if place in stuck] == [
        site for place, site in enumerate(before) if place in stuck
    ]
    again = open_lab(f"{path}?stuck=0.5&attempt=2")
    assert again.declared.stuck == lab.declared.stuck


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("array?stuck=2", "stuck must be a share from 0 to 1"),
        ("array?stuck=some", "stuck must be a share from 0 to 1"),
        ("straight?stuck=0.1", "stuck is for an array of simulated devices only"),
    ],
)
def test_a_share_of_stuck_devices_that_cannot_be_is_refused(address: str, message: str) -> None:
    with pytest.raises(LabError, match=message):
        open_lab(address)
