"""SCPI messages: headers, paths, parameters."""

import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from dwmtj.simulators.bench.scpi.commands import event, on_part, query, setting
from dwmtj.simulators.bench.scpi.instrument import (
    Instrument,
    Model,
    common_commands,
    system_commands,
)
from dwmtj.simulators.bench.scpi.parser import CommandSet
from dwmtj.simulators.bench.scpi.values import Boolean, Integer, Raw, Real, Text, choice


@dataclass
class Core:
    """Something to command."""

    level_V: float = 0.0
    load_ohm: float = 50.0
    points: int = 1
    on: bool = False
    shape: str = "SIN"
    label: str = ""
    channels: list[float] = field(default_factory=lambda: [0.0, 0.0])
    fired: list[tuple[Any, ...]] = field(default_factory=list)

    def reset(self) -> None:
        self.level_V = 0.0


def put(name: str) -> Any:
    return lambda core, value: setattr(core, name, value)


def part(core: Core, number: int) -> tuple[Core, int]:
    return core, number


COMMANDS = CommandSet(
    (
        *common_commands(),
        *system_commands(),
        setting(
            "[:SOURce]:VOLTage[:LEVel][:IMMediate]:HIGH",
            Real("V", -5.0, 5.0, 0.0),
            lambda core: core.level_V,
            put("level_V"),
        ),
        setting("[:SOURce]:VOLTage:UNIT", Raw(), lambda _: "V", put("label")),
        setting("OUTPut:LOAD", Real("OHM", 0.3, 1e9), lambda core: core.load_ohm, put("load_ohm")),
        setting("OUTPut[:STATe]", Boolean(), lambda core: core.on, put("on")),
        setting("TRACe:POINts", Integer(1, 2500), lambda core: core.points, put("points")),
        setting(
            "FUNCtion[:SHAPe]",
            choice("SINusoid", "PULSe"),
            lambda core: core.shape,
            put("shape"),
        ),
        setting("DISPlay:TEXT", Text(), lambda core: core.label, put("label")),
        query("CALCulate3:DATA", Raw(), lambda _: "third"),
        event("FIRE", lambda core, *given: core.fired.append(given), Raw(), Raw(), optional=1),
        *on_part(
            part,
            [
                query("CURRent#:READ", Integer(), lambda where: where[1]),
            ],
        ),
    )
)


@pytest.fixture
def instrument() -> Instrument:
    return Instrument(Model("toy", "Bench,Toy,0,1", COMMANDS, lambda _: Core()), "GPIB", Core())


def error(instrument: Instrument) -> int:
    return int(instrument.next_error().split(",")[0])


@pytest.mark.parametrize(
    "first", ["VOLT", "VOLTAGE", "volt", "VoLtAgE", "SOUR:VOLT", ":SOURCE:VOLT"]
)
@pytest.mark.parametrize("middle", ["", ":LEV", ":LEVEL:IMM", ":IMMEDIATE"])
def test_every_legal_spelling_of_a_header_is_the_same_command(
    instrument: Instrument, first: str, middle: str
) -> None:
    assert instrument.execute(f"{first}{middle}:HIGH 1.5;HIGH?") == "+1.500000E+00"
    assert error(instrument) == 0


@pytest.mark.parametrize("header", ["VOLTA", "VOL", "VOLTAG", "VOLTAGES", "SOURC:VOLT", "VOLT2"])
def test_anything_between_short_and_long_form_is_undefined(
    instrument: Instrument, header: str
) -> None:
    assert instrument.execute(f"{header}:HIGH?") is None
    assert error(instrument) == -113


def test_a_relative_header_continues_at_the_level_of_the_last_one(instrument: Instrument) -> None:
    assert instrument.execute("VOLT:HIGH 2;UNIT?;HIGH?;*OPC?;HIGH?;:OUTP?") == (
        "V;+2.000000E+00;1;+2.000000E+00;0"
    )
    instrument.execute("VOLT:HIGH 1;OUTP?")
    assert error(instrument) == -113


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5", 1.5),
        ("+.5", 0.5),
        ("-2.", -2.0),
        ("1e-3", 1e-3),
        ("3MV", 3e-3),
        ("3 mV", 3e-3),
        ("2500uV", 2.5e-3),
        ("0.001KV", 1.0),
        ("MAX", 5.0),
        ("minimum", -5.0),
        ("DEF", 0.0),
    ],
)
def test_numbers_take_units_multipliers_and_limits(
    instrument: Instrument, text: str, value: float
) -> None:
    instrument.execute(f"VOLT:HIGH {text}")
    assert error(instrument) == 0
    assert instrument.core.level_V == pytest.approx(value)


def test_mohm_is_mega_and_mv_is_milli(instrument: Instrument) -> None:
    instrument.execute("OUTP:LOAD 1MOHM;:VOLT:HIGH 1MV")
    assert (instrument.core.load_ohm, instrument.core.level_V) == (1e6, 1e-3)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("VOLT:HIGH", -109),
        ("VOLT:HIGH 1,2", -108),
        ("VOLT:HIGH? NOW,THEN", -108),
        ("*IDN? 3", -108),
        ("VOLT:HIGH 6", -222),
        ("VOLT:HIGH 1S", -131),
        ("TRAC:POIN 1V", -138),
        ("VOLT:HIGH '1'", -158),
        ("VOLT:HIGH 1.2.3", -121),
        ("VOLT:HIGH LOUD", -224),
        ("FUNC TRIANGLE", -224),
        ("FUNC 3", -104),
        ("OUTP MAYBE", -224),
        ("DISP:TEXT bare", -104),
        ("DISP:TEXT 'open", -151),
        ("@#!", -102),
        ("TRAC:POIN 2501", -222),
        ("TRAC:POIN #H9ZZ", -120),
        ("CALC2:DATA?", -113),
        ("FIRE?", -113),
        ("CALC3:DATA", -113),
    ],
)
def test_a_bad_message_leaves_its_error(instrument: Instrument, message: str, code: int) -> None:
    assert instrument.execute(message) is None
    assert error(instrument) == code
    assert error(instrument) == 0


def test_limits_can_be_asked_for(instrument: Instrument) -> None:
    assert instrument.execute("VOLT:HIGH? MAX") == "+5.000000E+00"
    assert instrument.execute("TRAC:POIN? MIN") == "+1.000000E+00"


def test_booleans_choices_and_integers_read_back_in_short(instrument: Instrument) -> None:
    assert instrument.execute("OUTP ON;:OUTP?;:OUTP 0;:OUTP?") == "1;0"
    assert instrument.execute("FUNC pulse;:FUNC?") == "PULS"
    assert instrument.execute("TRAC:POIN #H1F;POIN?;POIN 1.6E2;POIN?") == "31;160"


def test_quotes_hide_separators_and_double_themselves(instrument: Instrument) -> None:
    instrument.execute('DISP:TEXT "a;b,c ""q""";:FIRE \'x;y\',2')
    assert instrument.core.label == 'a;b,c "q"'
    assert instrument.core.fired == [("'x;y'", "2")]


def test_a_block_hides_separators(instrument: Instrument) -> None:
    instrument.execute("FIRE NAME,#15;,;,\n;:FUNC PULS")
    assert instrument.core.fired == [("NAME", "#15;,;,\n")]
    assert instrument.core.shape == "PULS"


def test_suffixes_choose_channels_and_default_to_one(instrument: Instrument) -> None:
    assert instrument.execute("CURR:READ?;:CURR2:READ?;:CURRENT17:READ?") == "1;2;17"
    assert instrument.execute("CALCULATE3:DATA?") == "third"


def test_a_command_error_drops_the_rest_and_an_execution_error_does_not(
    instrument: Instrument,
) -> None:
    assert instrument.execute("VOLT:HIGH 9;:OUTP?;:NONSENSE;:OUTP?") == "0"
    assert [error(instrument) for _ in range(3)] == [-222, -113, 0]


def test_the_error_queue_is_first_in_first_out_and_overflows_with_350(
    instrument: Instrument,
) -> None:
    instrument.execute("VOLT:HIGH 9")
    for _ in range(40):
        instrument.execute("NONSENSE")
    assert instrument.execute("SYST:ERR:COUN?") == "20"
    codes = [error(instrument) for _ in range(21)]
    assert (codes[0], set(codes[1:19]), codes[19], codes[20]) == (-222, {-113}, -350, 0)


def test_errors_set_their_event_bits_and_cls_clears_them(instrument: Instrument) -> None:
    instrument.execute("*CLS;*ESE 48;VOLT:HIGH 9;:NONSENSE")
    assert instrument.execute("*STB?") == str(4 + 32)
    assert instrument.execute("*ESR?;*ESR?") == f"{16 + 32};0"
    instrument.execute("NONSENSE;*CLS")
    instrument.execute("*CLS;*OPC")
    assert instrument.execute("*ESR?;SYST:ERR?") == '1;0,"No error"'


def test_random_bytes_never_break_an_instrument(instrument: Instrument) -> None:
    source = random.Random(20)
    alphabet = "VOLTHIGUPFR:;?*#'\", .019E+-\x00é"
    for _ in range(5000):
        instrument.execute("".join(source.choices(alphabet, k=source.randrange(1, 24))))
    instrument.execute("*CLS")
    assert instrument.execute("*IDN?") == "Bench,Toy,0,1"
