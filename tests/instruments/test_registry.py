"""Every driver is one entry of the registry; a bench file reaches what is entered there."""

from collections.abc import Callable
from typing import Literal

import pytest
from pymeasure.instruments.keithley import Keithley2400

from dwmtj.instruments import BenchError, BenchFile, built_in_benches, open_bench, parse_bench_file
from dwmtj.instruments.adapters import keithley2400
from dwmtj.instruments.connection import Connection
from dwmtj.instruments.registry import DRIVERS, Driver
from dwmtj.instruments.sections import ResistanceMeterSection

GOOD = built_in_benches()["virtual-trapezoid"].read_text()


class AnotherSection(ResistanceMeterSection):
    driver: Literal["AnotherSourceMeter"]
    guard: bool = False


class AnotherMeter(keithley2400.Keithley2400ResistanceMeter):
    guard = False


def open_another(section: AnotherSection, bench: Connection) -> AnotherMeter:
    driver = bench.open(Keithley2400, section.address)
    meter = AnotherMeter(driver, section.nplc, bench.limits.read_voltage_V, section.four_wire)
    meter.guard = section.guard
    return meter


@pytest.fixture
def another(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = Driver(AnotherSection, "KEITHLEY.*,MODEL 2400", open_another)
    drivers = {"Keithley2400": DRIVERS["resistance_meter"]["Keithley2400"], driver.name: driver}
    monkeypatch.setitem(DRIVERS, "resistance_meter", drivers)


def with_another(text: str = GOOD) -> str:
    return text.replace('"Keithley2400"', '"AnotherSourceMeter"').replace(
        "four_wire", "guard = true\nfour_wire"
    )


@pytest.mark.usefixtures("another")
def test_a_source_meter_with_an_entry_is_opened_with_the_keys_of_its_section() -> None:
    bench_file = parse_bench_file(with_another(), "bench.toml")
    assert bench_file.model_dump()["resistance_meter"]["guard"] is True
    with open_bench(bench_file) as bench:
        meter = bench.meter.inner
        assert isinstance(meter, AnotherMeter)
        assert meter.guard
        bench.meter.arm(10e-6)
        assert bench.meter.read().resistance_ohm == pytest.approx(100, abs=5)


@pytest.mark.usefixtures("another")
def test_an_unknown_driver_is_refused_with_those_of_its_role() -> None:
    text = GOOD.replace('"Keithley2400"', '"Keithley2182"')
    with pytest.raises(
        BenchError,
        match=r"resistance_meter\.driver is 'Keithley2182'; "
        r"choose 'Keithley2400' or 'AnotherSourceMeter'\.$",
    ):
        parse_bench_file(text, "bench.toml")


@pytest.mark.usefixtures("another")
def test_a_key_of_another_driver_is_no_key_of_this_one() -> None:
    text = GOOD.replace("four_wire", "guard = true\nfour_wire")
    with pytest.raises(
        BenchError,
        match=r"resistance_meter\.guard is not a key of the bench file; "
        r"known here: driver, address, .*, nplc, four_wire",
    ):
        parse_bench_file(text, "bench.toml")


def test_without_a_driver_the_section_is_incomplete() -> None:
    with pytest.raises(BenchError, match=r"resistance_meter\.driver is missing; add it"):
        parse_bench_file(GOOD.replace('driver = "Keithley2400"\n', ""), "bench.toml")


def test_the_instruments_of_the_virtual_bench_identify_as_their_entries_say(
    virtual: Callable[..., BenchFile],
) -> None:
    bench_file = virtual()
    with open_bench(bench_file) as bench:
        identities = bench.identities()
    for role, name in {
        "pulse_generator": "pulse generator",
        "magnet": "magnet supply",
        "resistance_meter": "resistance meter",
    }.items():
        driver = DRIVERS[role][getattr(bench_file, role).driver]
        assert driver.identifies(identities[name])


def test_a_reply_that_is_no_identity_is_not_stored_with_a_run(
    virtual: Callable[..., BenchFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_bench(virtual()) as bench:
        monkeypatch.setattr(keithley2400.Keithley2400ResistanceMeter, "identity", "0")
        with pytest.raises(BenchError, match="identifies itself as '0', which is no Keithley2400"):
            bench.snapshot()


@pytest.mark.parametrize(
    ("role", "driver", "reply", "fits"),
    [
        ("resistance_meter", "Keithley2400", "KEITHLEY INSTRUMENTS INC.,MODEL 2400,1,C30", True),
        ("resistance_meter", "Keithley2400", "KEITHLEY INSTRUMENTS INC.,MODEL 2410,1,C30", True),
        ("resistance_meter", "Keithley2400", "KEITHLEY INSTRUMENTS INC.,MODEL 2400-LV,1,1", True),
        ("resistance_meter", "Keithley2400", "KEITHLEY INSTRUMENTS,MODEL 2450,1,1.7.12b", False),
        ("resistance_meter", "Keithley2400", "KEITHLEY INSTRUMENTS INC.,MODEL 2420,1,C30", False),
        ("resistance_meter", "Keithley2400", "OTHER,MODEL 2400,1,KEITHLEY MODEL 2400", False),
        ("resistance_meter", "Keithley2450", "KEITHLEY INSTRUMENTS,MODEL 2450,1,1.7.12b", True),
        ("resistance_meter", "Keithley2450", "KEITHLEY INSTRUMENTS,MODEL 2460,1,1.7.12b", True),
        ("resistance_meter", "Keithley2450", "KEITHLEY INSTRUMENTS,MODEL 2470,1,1.7.12b", False),
        ("resistance_meter", "Keithley2450", "KEITHLEY INSTRUMENTS INC.,MODEL 2400,1,C30", False),
        (
            "resistance_meter",
            "Keithley2600",
            "Keithley Instruments Inc., Model 2602B, 1, 3.3",
            True,
        ),
        (
            "resistance_meter",
            "Keithley2600",
            "Keithley Instruments Inc., Model 2636A, 1, 3.3",
            True,
        ),
        ("resistance_meter", "Keithley2600", "KEITHLEY INSTRUMENTS INC.,MODEL 2651A,1,1", False),
        ("resistance_meter", "Keithley6221", "KEITHLEY INSTRUMENTS INC.,MODEL 6221,1,D04", True),
        ("resistance_meter", "Keithley6221", "KEITHLEY INSTRUMENTS INC.,MODEL 6220,1,D04", True),
        ("current_source", "Keithley6221", "KEITHLEY INSTRUMENTS INC.,MODEL 6220,1,D04", True),
        ("current_source", "Keithley2400", "KEITHLEY INSTRUMENTS INC.,MODEL 6221,1,D04", False),
        ("resistance_meter", "Keithley2182A", "KEITHLEY INSTRUMENTS INC.,MODEL 2182A,1,C02", True),
        ("resistance_meter", "Keithley2182A", "KEITHLEY INSTRUMENTS INC.,MODEL 2182,1,C02", True),
        ("resistance_meter", "Keithley2182A", "KEITHLEY INSTRUMENTS INC.,MODEL 2000,1,A20", False),
        ("resistance_meter", "Keithley2000", "KEITHLEY INSTRUMENTS INC.,MODEL 2000,1,A20", True),
        ("resistance_meter", "Keithley2000", "KEITHLEY INSTRUMENTS INC.,MODEL 2001,1,B01", False),
        ("resistance_meter", "SR830", "Stanford_Research_Systems,SR830,s/n48613,ver1.07", True),
        ("resistance_meter", "SR830", "Stanford_Research_Systems,SR860,003178,v1.51", False),
        ("resistance_meter", "SR860", "Stanford_Research_Systems,SR860,003178,v1.51", True),
        ("resistance_meter", "SR860", "Stanford_Research_Systems,SR865A,003178,v1.51", False),
        ("magnet", "KepcoBOP3612", "KEPCO,BIT 4886 36-12 03/08/2012,H1,4.04-1.82", True),
        ("magnet", "KepcoBOP3612", "KEPCO, BOP 36-12D ,H1,4.04-1.82", True),
        ("magnet", "KepcoBOP3612", "KEPCO,BIT 4886 20-20 03/08/2012,H1,4.04-1.82", False),
        ("magnet", "KepcoBOP3612", "KEPCO,BOP 36-1.5,H36-12,4.04", False),
        ("pulse_generator", "Keysight81160A", "KEYSIGHT TECHNOLOGIES,81160A,MY1,2.0", True),
        ("gaussmeter", "LakeShoreF71", "LSCI,F71,LSA1,1.6", True),
        ("gaussmeter", "LakeShoreF71", "LSCI,F41,LSA1,1.6", True),
        ("gaussmeter", "LakeShoreF71", "LSCI,MODEL475,1,1.0", False),
        ("gaussmeter", "LakeShore475", "LSCI,MODEL475,1,1.0", True),
        ("gaussmeter", "LakeShore475", "LSCI,MODEL455,1,1.0", True),
        ("gaussmeter", "LakeShore475", "LSCI,MODEL425,1,1.0", False),
        ("magnet", "AMI430", "AMERICAN MAGNETICS INC.,MODEL 430,1337,3.11", True),
        ("magnet", "AMI430", "AMERICAN MAGNETICS INC.,MODEL 420,1337,3.11", False),
        ("magnet", "Danfysik8500", "DANFYSIK,SYSTEM 8500,S/N 4711", True),
        ("magnet", "Danfysik8500", "DANFYSIK,SYSTEM 9100,S/N 4711", False),
        ("magnet", "YokogawaGS200", "YOKOGAWA,GS210,91T810991,1.05", True),
        ("magnet", "YokogawaGS200", "YOKOGAWA,7651,1,1.0", False),
        ("magnet", "LakeShore643", "LSCI,MODEL643,1,1.0/1.0", True),
        ("magnet", "LakeShore643", "LSCI,MODEL625,1,1.0/1.0", False),
        ("temperature_controller", "LakeShore336", "LSCI,MODEL336,1/#######,2.9", True),
        ("temperature_controller", "LakeShore336", "LSCI,MODEL350,1/#######,1.3", True),
        ("temperature_controller", "LakeShore336", "LSCI,MODEL331S,1,1.0", False),
        ("magnet", "KepcoBOP", "KEPCO,BIT 4886 20-20 03/08/2012,H1,4.04-1.82", True),
        ("magnet", "KepcoBOP", "KEPCO, BOP 100-4M ,H1,4.04-1.82", True),
        ("magnet", "KepcoBOP", "KEPCO,KLP 75-33-1.2K,H1,1.0", False),
        (
            "prober",
            "MPISentio",
            "MPI Corporation,Sentio - Probe System Software Suite,0,23.2.99.0",
            True,
        ),
        ("prober", "MPISentio", "FormFactor,Velox,0,3.4", False),
        ("pulse_generator", "Keysight33500", "Agilent Technologies,33522B,MY1,4.0", True),
        ("pulse_generator", "Keysight33500", "Keysight Technologies,33611A,MY1,4.0", True),
        ("pulse_generator", "Keysight33500", "Agilent Technologies,33250A,0,2.0", False),
        ("pulse_generator", "Keysight81160A", "Agilent Technologies,81150A,MY1,2.0", False),
        ("pulse_generator", "Keysight81150A", "Agilent Technologies,81150A,MY1,2.0", True),
        ("pulse_generator", "Keysight33250A", "Agilent Technologies,33250A,0,2.0", True),
        ("pulse_generator", "Keysight33250A", "Agilent Technologies,33522B,MY1,4.0", False),
        ("gaussmeter", "Keithley2000", "KEITHLEY INSTRUMENTS INC.,MODEL 2000,1,A20", True),
        ("gaussmeter", "LakeShore425", "LSCI,MODEL425,425001,1.0", True),
        ("gaussmeter", "LakeShore425", "LSCI,MODEL475,425001,1.0", False),
        ("switch", "Keithley2750", "KEITHLEY INSTRUMENTS INC.,MODEL 2700,1,A09", True),
        ("switch", "Keithley2750", "KEITHLEY INSTRUMENTS INC.,MODEL 2701,1,A09", True),
        ("switch", "Keithley2750", "KEITHLEY INSTRUMENTS INC.,MODEL 7001,1,A09", False),
        ("switch", "Keithley2750", "", False),
        ("switch", "Keithley707B", "Keithley Instruments Inc., Model 707B, 1, 01.10b", True),
        ("switch", "Keithley707B", "Keithley Instruments Inc., Model 708B, 1, 01.10b", True),
        ("switch", "Keithley707B", "KEITHLEY INSTRUMENTS INC.,MODEL 2700,1,A09", False),
    ],
)
def test_a_driver_fits_the_models_it_was_written_for_and_no_other(
    role: str, driver: str, reply: str, fits: bool
) -> None:
    assert DRIVERS[role][driver].identifies(reply) is fits
