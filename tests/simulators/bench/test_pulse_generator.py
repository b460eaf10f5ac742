"""The virtual pulse generator: levels, conflicts, triggers, trains."""

import pytest

from dwmtj.simulators.bench.lab import Lab
from dwmtj.simulators.bench.lab_file import read_lab_file
from dwmtj.simulators.bench.models.keysight_81160a.settings import ChannelSettings
from dwmtj.simulators.bench.scpi.instrument import Instrument

PULSES = ":FUNC1 PULS;:PULS:PER1 1MS;WIDT1 50NS;:VOLT1:HIGH 1.9;LOW 0;:ARM:SOUR1 MAN"


@pytest.fixture
def lab() -> Lab:
    return Lab(read_lab_file("trapezoid"))


@pytest.fixture
def generator(lab: Lab) -> Instrument:
    return lab.instruments["GPIB0::10::INSTR"]


def error(generator: Instrument) -> int:
    return int(generator.next_error().split(",")[0])


STATE = ":VOLT1:HIGH?;LOW?;:FUNC1?;:PULS:WIDT1?;:PULS:PER1?;:PULS:TRAN1?"


@pytest.mark.parametrize(
    "message",
    [
        ":VOLT1:HIGH 5.1",
        ":VOLT1:LOW -5.1",
        ":VOLT1:HIGH -4.98",  # no room for a low level below it
        ":VOLT1:OFFS 5.1",
        ":VOLT1:AMPL 5.1",
        ":VOLT1:LIM:HIGH 0.2;STAT ON",
        ":FUNC1 PULS;:PULS:PER1 2.5NS",
    ],
)
def test_settings_that_contradict_are_refused_and_the_old_ones_kept(
    generator: Instrument, message: str
) -> None:
    before = generator.execute(STATE)
    generator.execute(message)
    assert error(generator) == -221
    assert generator.execute(STATE) == before


@pytest.mark.parametrize(
    ("message", "levels_V"),
    [
        (":VOLT1:HIGH -1", (-1.0, -1.05)),
        (":VOLT1:LOW 0.48", (0.53, 0.48)),
        (":VOLT1:HIGH 5", (5.0, 0.0)),
        (":VOLT1:LOW -5", (0.0, -5.0)),
        (":VOLT1:HIGH -4.95", (-4.95, -5.0)),
        (":VOLT1:HIGH 5;LOW -1", (4.0, -1.0)),
        (":VOLT1:OFFS 4.9", (5.0, 4.8)),
        (":VOLT1:OFFS -4.995", (-4.95, -5.0)),
        (":VOLT1:OFFS 4;:VOLT1 3", (5.0, 2.0)),
    ],
)
def test_a_level_pushes_the_other_and_says_so(
    generator: Instrument, message: str, levels_V: tuple[float, float]
) -> None:
    generator.execute(message)
    assert error(generator) == -221
    reply = generator.execute(":VOLT1:HIGH?;LOW?") or ""
    assert [float(value) for value in reply.split(";")] == pytest.approx(levels_V)
    assert error(generator) == 0


@pytest.mark.parametrize(
    ("message", "width_s", "edge_s"),
    [
        (":FUNC1 PULS;:PULS:PER1 102NS", 100e-9, 1.6e-9),
        (":FUNC1 PULS;:FREQ1 330MHZ", 1 / 330e6 - 1.25e-9, 1e-9),
        (":FUNC1 PULS;:PULS:WIDT1 2US", 1e-6 - 1.25e-9, 1e-9),
        (":FUNC1 PULS;:PULS:TRAN1 200NS", 100e-9, 80e-9),
    ],
)
def test_edges_and_then_the_width_give_way_to_the_period(
    generator: Instrument, message: str, width_s: float, edge_s: float
) -> None:
    generator.execute(message)
    assert error(generator) == -221
    reply = generator.execute(":PULS:WIDT1?;TRAN1?") or ""
    assert [float(value) for value in reply.split(";")] == pytest.approx((width_s, edge_s))


def test_a_pushed_level_fires_no_pulse_with_the_message_that_pushed_it(
    lab: Lab, generator: Instrument
) -> None:
    generator.execute(PULSES + ";:OUTP1 ON")
    generator.execute(":VOLT1:LOW 1.95;*TRG")
    lab.clock.sleep(1e-6)
    assert lab.largest.pulse_level_V == pytest.approx(2 * 1.95)  # the level at rest, no pulse
    assert lab.device.site[0] == 0


@pytest.mark.parametrize("level_mV", range(50, 4950, 350))
def test_the_smallest_pulses_push_nothing(generator: Instrument, level_mV: int) -> None:
    generator.execute(f":VOLT1:LOW {-level_mV}MV;HIGH {50 - level_mV}MV")
    generator.execute(f":VOLT1:HIGH {level_mV}MV;LOW {level_mV - 50}MV")
    generator.execute(f":VOLT1:AMPL 0.05;OFFS -0.025;LOW -{level_mV}MV")
    assert error(generator) == 0


def test_an_error_of_a_message_is_found_by_its_own_query(generator: Instrument) -> None:
    assert (generator.execute(":VOLT1:HIGH 5.1;:SYST:ERR:CODE?") or "") == "-221"


def test_levels_may_cross_inside_one_message(generator: Instrument) -> None:
    generator.execute(":VOLT1:HIGH 0;LOW -4")
    generator.execute(":VOLT1:HIGH 4;LOW 0")
    assert generator.execute(":VOLT1?;:VOLT1:OFFS?") == "+4.000000E+00;+2.000000E+00"
    assert error(generator) == 0


@pytest.mark.parametrize("message", [":VOLT1:HIGH 11", ":PULS:WIDT1 1NS", ":FREQ1 1GHZ"])
def test_values_no_setting_allows_are_out_of_range(generator: Instrument, message: str) -> None:
    generator.execute(message)
    assert error(generator) == -222


def test_a_third_channel_does_not_exist(generator: Instrument) -> None:
    assert generator.execute(":VOLT3:HIGH?") is None
    assert error(generator) == -114


@pytest.mark.parametrize(
    ("polarity", "idle_V", "pulse_V"), [("NORM", -2.0, 0.5), ("INV", 0.5, -2.0)]
)
def test_the_line_rests_at_low_or_complemented_at_high(
    polarity: str, idle_V: float, pulse_V: float
) -> None:
    settings = ChannelSettings(shape="PULS", high_V=0.5, low_V=-2.0, output=True, polarity=polarity)
    assert settings.idle_V() == pytest.approx(idle_V)
    assert settings.cycle()[0].voltage_V == pytest.approx(pulse_V)


@pytest.mark.parametrize(("load", "shown"), [("1E9", 2.0), ("INF", 2.0), ("0.3", 0.6 / 50.3)])
def test_the_load_rescales_what_is_shown_and_leaves_the_output_alone(
    lab: Lab, generator: Instrument, load: str, shown: float
) -> None:
    generator.execute(":FUNC1 DC;:VOLT1:HIGH 1.2;LOW 0.8;:OUTP1 ON")
    lab.clock.sleep(1e-6)
    assert lab.largest.pulse_level_V == pytest.approx(2.0)
    reply = generator.execute(f":OUTP1:LOAD {load};:VOLT1:HIGH?;OFFS?;:VOLT1?") or ""
    volts = [float(value) for value in reply.split(";")]
    assert volts == pytest.approx([1.2 * shown, 1.0 * shown, 0.4 * shown], rel=1e-5)
    lab.clock.sleep(1e-6)
    assert lab.largest.pulse_level_V == pytest.approx(2.0)
    assert error(generator) == 0


def test_levels_set_for_high_impedance_are_half_of_it_on_50_ohm(
    lab: Lab, generator: Instrument
) -> None:
    generator.execute(":OUTP1:LOAD INF;:FUNC1 DC;:VOLT1:OFFS 1;:OUTP1 ON")
    lab.clock.sleep(1e-6)
    assert lab.largest.pulse_level_V == pytest.approx(2 * 0.5)


@pytest.mark.parametrize(
    ("shape", "unit", "shown"),
    [
        ("SIN", "VRMS", 1 / 2**1.5),
        ("SQU", "VRMS", 0.5),
        ("RAMP", "VRMS", 1 / 12**0.5),
        ("SIN", "DBM", 3.979),
    ],
)
def test_the_amplitude_is_set_and_shown_in_its_unit(
    generator: Instrument, shape: str, unit: str, shown: float
) -> None:
    generator.execute(f":FUNC1 {shape};:VOLT1:UNIT {unit}")
    assert float(generator.execute(":VOLT1?") or "") == pytest.approx(shown, rel=1e-3)
    generator.execute(":VOLT1:UNIT VPP;:VOLT1 2")
    generator.execute(f":VOLT1:UNIT {unit};:VOLT1 {shown};:VOLT1:UNIT VPP")
    assert float(generator.execute(":VOLT1?") or "") == pytest.approx(1.0, rel=1e-3)


def test_dbm_needs_a_load(generator: Instrument) -> None:
    generator.execute(":VOLT1:UNIT DBM;:OUTP1:LOAD INF")
    assert generator.execute(":VOLT1:UNIT?") == "VPP"
    generator.execute(":VOLT1:UNIT DBM")
    assert error(generator) == -221


def test_the_points_of_a_waveform_reach_the_track(lab: Lab, generator: Instrument) -> None:
    generator.execute(":DATA1 VOLATILE, 0, 1, 0, -0.5;:FUNC1:USER VOLATILE;:FUNC1 USER")
    generator.execute(":ARM:SOUR1 MAN;:PULS:PER1 200NS;:VOLT1:HIGH 1.9;LOW -1.9;:OUTP1 ON")
    generator.execute("*TRG;*TRG;*TRG;*TRG")
    assert error(generator) == 0
    assert lab.largest.pulse_level_V == pytest.approx(3.8)
    assert lab.device.site[0] > 0  # 50 ns at 3.8 V each time


def test_a_block_of_dac_values_may_hold_any_byte(generator: Instrument) -> None:
    values = [0x0A0A, 0x3B2C, 0x2220, -8192, 0x200A]  # newlines, separators, quotes, spaces
    block = b"".join(value.to_bytes(2, "big", signed=True) for value in values)
    generator.execute(f":DATA1:DAC VOLATILE, #210{block.decode('latin-1')}")
    generator.execute(":FUNC1:USER VOLATILE")
    assert error(generator) == 0
    points = generator.core.channel(1).settings.waveform
    assert points == pytest.approx([max(-1.0, min(1.0, value / 8191)) for value in values])


@pytest.mark.parametrize("shape", ["NOIS", "USER"])
def test_noise_and_waveforms_stay_between_the_levels(
    lab: Lab, generator: Instrument, shape: str
) -> None:
    generator.execute(f":FUNC1 {shape};:VOLT1:HIGH 0.5;LOW -0.25;:PULS:PER1 1MS;:OUTP1 ON")
    lab.clock.sleep(5e-3)
    assert 0.5 < lab.largest.pulse_level_V <= 1.0


def test_a_saved_setup_is_recalled_with_its_outputs(generator: Instrument) -> None:
    generator.execute(PULSES + ";:OUTP1 ON;:VOLT2:OFFS 1;*SAV 2;*RST;*RCL 2")
    assert generator.execute(":FUNC1?;:OUTP1?;:ARM:SOUR1?;:VOLT2:OFFS?") == (
        "PULS;1;MAN;+1.000000E+00"
    )
    assert generator.execute("*RCL 3;:FUNC1?;:OUTP1?") == "SIN;0"
    generator.execute("*SAV 9")
    assert error(generator) == -222


def test_nothing_reaches_the_track_while_the_output_is_off(lab: Lab, generator: Instrument) -> None:
    generator.execute(PULSES + ";*TRG;*TRG;*TRG;*TRG")
    assert lab.device.site[0] == 0
    generator.execute(":OUTP1 ON;*TRG;*TRG;*TRG;*TRG")
    assert lab.device.site[0] > 0


def test_a_burst_takes_its_time_and_all_its_pulses_arrive(lab: Lab, generator: Instrument) -> None:
    start_s = lab.clock.now_s()
    generator.execute(PULSES + ";:TRIG1:COUN 50;:OUTP1 ON;:TRIG1")
    assert lab.clock.now_s() - start_s == pytest.approx(50e-3, rel=0.01)
    assert generator.execute(":BURS1:STAT?;NCYC?") == "1;50"
    assert lab.device.site[0] > 0


def test_a_trigger_is_ignored_by_a_channel_that_runs(generator: Instrument) -> None:
    generator.execute(PULSES + ";:ARM:SOUR1 IMM;:OUTP1 ON;*TRG")
    assert error(generator) == -211


def test_a_continuous_train_acts_while_time_passes(lab: Lab, generator: Instrument) -> None:
    generator.execute(PULSES + ";:ARM:SOUR1 IMM;:OUTP1 ON")
    assert lab.device.site[0] == 0
    lab.clock.sleep(20e-3)
    assert lab.device.site[0] > 0
    assert not lab.device.broken[0]


def test_a_train_without_pauses_cooks_the_device(lab: Lab, generator: Instrument) -> None:
    generator.execute(
        ":FUNC1 PULS;:PULS:PER1 60NS;WIDT1 50NS;:VOLT1:HIGH 2;LOW 0;:ARM:SOUR1 IMM;:OUTP1 ON"
    )
    lab.clock.sleep(1e-3)
    assert lab.device.broken[0]


def test_an_internal_trigger_repeats_bursts(lab: Lab, generator: Instrument) -> None:
    generator.execute(PULSES + ";:ARM:SOUR1 INT2;:BURS1:INT:PER 1;:OUTP1 ON")
    before = lab.device.site[0]
    lab.clock.sleep(10.0)
    assert lab.device.site[0] > before


def test_reset_returns_to_a_sine_with_the_output_off(generator: Instrument) -> None:
    generator.execute(PULSES + ";:OUTP1 ON;*RST")
    assert generator.execute(":FUNC1?;:OUTP1?;:VOLT1?;:ARM:SOUR1?") == "SIN;0;+1.000000E+00;IMM"
