"""Keithley 6221 current source: direct current, or delta mode with a 2182A nanovoltmeter on it.

A delta reading is half the difference of the junction's voltages at +I and −I, with 20 nV rms for
one power line cycle; thermal voltages, which delta mode removes, are missing. The 2182A takes its
range and integration through the 6221 (`SYST:COMM:SER:SEND`). Its overflow is 9.9E37. With
`SOUR:DELT:CAB` on, delta mode ends in compliance. A direct current is what a voltmeter beside it
reads; its range is not acted on.
"""

from math import floor, sqrt

from ..circuit.circuit import Circuit
from ..errors import ScpiError
from ..scpi.commands import Command, event, query, setting
from ..scpi.instrument import Model, common_commands, system_commands
from ..scpi.parser import CommandSet
from ..scpi.values import Boolean, Integer, Kind, Raw, Real, Text, choice

OVERFLOW = 9.9e37
IN_COMPLIANCE = 1 << 3
_NOISE_V = 20e-9
_LINE_S = 1 / 50
_OVERHEAD_S, _ARMING_S = 0.011, 3.0
_DEFAULTS: dict[str, float | bool | str] = {
    "direct_A": 0.0,
    "range_A": 0.1,
    "high_A": 1e-3,
    "low_A": -1e-3,
    "compliance_V": 10.0,
    "delay_s": 2e-3,
    "count": 1.0,
    "abort": False,
    "unit": "V",
}
_VOLTMETER_DEFAULTS = {"SENS:VOLT:RANG": 100.0, "SENS:VOLT:NPLC": 5.0}


class Keithley6221:
    """The source, and the nanovoltmeter that hangs on it."""

    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self._random = circuit.random_for("6221")
        self.voltmeter = dict(_VOLTMETER_DEFAULTS)
        self._entered = ""
        circuit.current_sources.append(self.sourced)
        self.reset()

    def reset(self) -> None:
        """Return the source to its defaults, output off; the voltmeter stays as it is."""
        self.settings = dict(_DEFAULTS)
        self.output = self.armed = False
        self._started_s: float | None = None
        self._last = (0, 0.0)
        self._circuit.open_lines_V = lambda: (
            float(self.settings["compliance_V"]) if self.output else 0.0
        )

    def send(self, message: str) -> None:
        """Pass a message to the voltmeter: one of its two settings, or the question for it."""
        header, _, value = message.partition(" ")
        name = header.rstrip("?")
        if name not in self.voltmeter:
            self._entered = ""
        elif header.endswith("?"):
            self._entered = f"{self.voltmeter[name]:+.6E}"
        else:
            self.voltmeter[name] = float(value)

    def enter(self) -> str:
        """Return what the voltmeter has replied."""
        reply, self._entered = self._entered, ""
        return reply

    def arm(self) -> None:
        """Arm delta mode, which takes seconds."""
        self._circuit.clock.sleep(_ARMING_S)
        self.armed = True

    def start(self) -> None:
        """Start the readings of an armed delta mode."""
        if not self.armed:
            raise ScpiError(-221, "Settings conflict", "no mode is armed")
        self.output, self._started_s, self._last = True, self._circuit.clock.now_s(), (0, 0.0)

    def abort(self) -> None:
        """End delta mode."""
        self.output = self.armed = False
        self._started_s = None

    def switch(self, on: bool) -> None:
        """Switch the output."""
        self.output = on
        if not on:
            self.abort()

    def sourced(self) -> tuple[float, float]:
        """Return the direct current in A, 0 if it is off or in delta mode, and its limit in V."""
        direct_A = float(self.settings["direct_A"]) if self.output and not self.armed else 0.0
        return direct_A, float(self.settings["compliance_V"])

    def condition(self) -> int:
        """Return the measurement condition, of which the bit of the compliance alone."""
        current_A, _ = self.sourced()
        return IN_COMPLIANCE if current_A and self._voltage_V(current_A)[1] else 0

    def latest(self) -> str:
        """Return the latest delta reading and its time; -230 without any."""
        self.advance()
        count, voltage_V = self._last
        if not count:
            raise ScpiError(-230, "Data corrupt or stale")
        return f"{voltage_V:+.6E},{(count - 1) * self.period_s:+.6E}"

    @property
    def period_s(self) -> float:
        """The time from one delta reading to the next."""
        nplc = self.voltmeter["SENS:VOLT:NPLC"]
        return float(self.settings["delay_s"]) + 2 * nplc * _LINE_S + _OVERHEAD_S

    def is_armed(self) -> bool:
        """Return whether delta mode is armed or running."""
        self.advance()
        return self.armed

    def advance(self) -> None:
        """Take the readings up to now, of which the last is kept."""
        if self._started_s is None:
            return
        count = floor((self._circuit.clock.now_s() - self._started_s) / self.period_s)
        if count <= self._last[0]:
            return
        high_V, limited = self._voltage_V(float(self.settings["high_A"]))
        low_V, also = self._voltage_V(float(self.settings["low_A"]))
        if (limited or also) and self.settings["abort"]:
            self.abort()
            return
        noise_V = _NOISE_V / sqrt(self.voltmeter["SENS:VOLT:NPLC"])
        voltage_V = (high_V - low_V) / 2 + noise_V * self._random.standard_normal()
        beyond = max(abs(high_V), abs(low_V)) > 1.2 * self.voltmeter["SENS:VOLT:RANG"]
        self._last = (count, OVERFLOW if beyond else voltage_V)

    def _voltage_V(self, current_A: float) -> tuple[float, bool]:
        voltage_V, _, limited = self._circuit.junction(
            current_A=current_A,
            limit=float(self.settings["compliance_V"]),
            integration_s=self.voltmeter["SENS:VOLT:NPLC"] * _LINE_S,
            four_wire=True,
            terminals=self._circuit.meter_terminals,
        )
        return voltage_V, limited


def _kept(header: str, kind: Kind[float] | Kind[bool] | Kind[str], name: str) -> Command:
    def put(source: Keithley6221, value: float | bool | str) -> None:
        source.settings[name] = value

    return setting(header, kind, lambda source: source.settings[name], put)


def _set_high(source: Keithley6221, current_A: float) -> None:
    source.settings |= {"high_A": current_A, "low_A": -current_A}


COMMANDS = CommandSet(
    (
        *common_commands(),
        *system_commands(),
        setting("OUTPut[:STATe]", Boolean(), lambda s: s.output, Keithley6221.switch),
        _kept("SOURce:CURRent", Real("A", -0.105, 0.105), "direct_A"),
        _kept("SOURce:CURRent:RANGe", Real("A", 0.0, 0.105), "range_A"),
        query("STATus:MEASurement:CONDition", Integer(), Keithley6221.condition),
        _kept("SOURce:CURRent:COMPliance", Real("V", 0.1, 105.0, 10.0), "compliance_V"),
        setting(
            "SOURce:DELTa:HIGH",
            Real("A", 0.0, 0.105),
            lambda s: float(s.settings["high_A"]),
            _set_high,
        ),
        _kept("SOURce:DELTa:LOW", Real("A", -0.105, 0.0), "low_A"),
        _kept("SOURce:DELTa:DELay", Real("S", 0.0, 9999.999), "delay_s"),
        _kept("SOURce:DELTa:COUNt", Real(""), "count"),
        _kept("SOURce:DELTa:CABort", Boolean(), "abort"),
        query("SOURce:DELTa:NVPResent", Raw(), lambda _: "1"),
        Command("SOURce:DELTa:ARM", lambda source: str(int(source.is_armed())), Keithley6221.arm),
        event("SOURce:SWEep:ABORt", Keithley6221.abort),
        event("INITiate[:IMMediate]", Keithley6221.start),
        query("SENSe:DATA[:LATest]", Raw(), Keithley6221.latest),
        _kept("UNIT:VOLTage:DC", choice("V", "OHMS", "W", "SIEMens"), "unit"),
        event("FORMat:ELEMents", lambda _source, *_names: None, Raw(), Raw(), optional=1),
        event("SYSTem:COMMunicate:SERial:SEND", Keithley6221.send, Text()),
        query("SYSTem:COMMunicate:SERial:ENTer", Raw(), Keithley6221.enter),
    )
)

MODEL = Model(
    name="6221",
    identity="KEITHLEY INSTRUMENTS INC.,MODEL 6221,1234567,D04  /700x",
    commands=COMMANDS,
    build=Keithley6221,
)
