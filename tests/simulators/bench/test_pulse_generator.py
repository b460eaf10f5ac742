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


@pytest.mark.parametrize(
    "message",
    [
        ":VOLT1:HIGH -1",  # below LOW
        ":VOLT1:LOW 0.48",  # 20 mVpp
        ":VOLT1:HIGH 5.1",
        ":VOLT1:LOW -5.1",
        ":VOLT1:HIGH 5;LOW -1",  # 6 Vpp
        ":VOLT1:OFFS 4.9",
        ":VOLT1:LIM:HIGH 0.2;STAT ON",
        ":FUNC1 PULS;:PULS:WIDT1 2US",
        ":FUNC1 PULS;:PULS:TRAN1 200NS",
        ":FUNC1 PULS;:PULS:PER1 50NS",
    ],
)
def test_settings_that_contradict_are_refused_and_the_old_ones_kept(
    generator: Instrument, message: str
) -> None:
    before = generator.execute(":VOLT1:HIGH?;LOW?;:FUNC1?;:PULS:WIDT1?;:PULS:PER1?")
    generator.execute(message)
    assert error(generator) == -221
    assert generator.execute(":VOLT1:HIGH?;LOW?;:FUNC1?;:PULS:WIDT1?;:PULS:PER1?") == before


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


def test_levels_programmed_for_high_impedance_are_half_of_it_on_50_ohm() -> None:
    settings = ChannelSettings(shape="DC", high_V=3.0, low_V=1.0, output=True, load_ohm=1e9)
    assert settings.idle_V() == pytest.approx(1.0, rel=1e-6)


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
