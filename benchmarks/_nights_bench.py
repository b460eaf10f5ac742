"""The served array of the nights: its instruments behind a wire that misbehaves, and the truth.

The instruments outlive the station, as real ones do, and remember the largest values they ever saw.
"""

import math
import random
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from dwmtj.cli.serve.bench_file import bench_file_text
from dwmtj.simulators.bench import LabServer, open_lab
from dwmtj.simulators.bench.lab import Lab
from dwmtj.storage import Store
from dwmtj.tests.campaign.proxy import Exchange, Fault, FaultKind, MisbehavingWire

TIMEOUT_S = 3.0
LATE_S = 4.0
GAIN = 2.0
LIMIT_V, LIMIT_A = 6.0, 10.4
INSTRUMENTS = ("81160A", "2400", "BOP 36-12", "425", "2750")
OUTPUTS = {"81160A": ":OUTP1?", "2400": ":OUTP?", "BOP 36-12": "OUTP?"}
OPEN_CONTACT = "open contact"

Reading = tuple[float, float, float, float]
"""A reading with what it was made after: amplitude (NaN before any pulse), field, V and A."""


class NightBench:
    """The bench of the nights; `file` is its bench file."""

    def __init__(self, lab: Lab, wire: MisbehavingWire, file: Path) -> None:
        self.file = file
        self.struck: Counter[str] = Counter()
        """How many faults of each kind have come to happen."""
        self._lab = lab
        self._wire = wire

    def misbehave(self, choose: random.Random) -> None:
        """Have one instrument misbehave at its next message that fits."""
        self.count_struck()
        instrument = choose.choice(INSTRUMENTS)
        self._wire.expect(Fault(instrument, choose.choice([*FaultKind])))

    def count_struck(self) -> None:
        """Count the fault that was expected last, if it has happened."""
        struck, self._wire.struck = self._wire.struck, None
        if struck is not None:
            self.struck[struck.kind] += 1

    def open_contact(self) -> None:
        """Take the leads off the source-meter."""
        self.struck[OPEN_CONTACT] += 1
        self._put_leads("REAR")  # of the device; the meter measures at its front

    def close_contact(self) -> None:
        """Put the leads of the source-meter back."""
        self._put_leads("FRON")

    def _put_leads(self, terminals: str) -> None:
        with self._lab.lock:
            self._lab.circuit.meter_terminals = terminals

    def check_outputs(self) -> None:
        """Raise AssertionError if an output is on, or a limit was ever passed."""
        left_on = [model for model, query in OUTPUTS.items() if self._ask(model, query) != "0"]
        assert not left_on, f"left on: {left_on}"
        seen = self._lab.largest
        assert seen.supply_current_set_A <= LIMIT_A + 0.01, seen
        assert seen.pulse_level_V <= LIMIT_V * 1.001, seen
        assert seen.junction_voltage_V <= 0.55, seen

    def take_readings(self) -> list[Reading]:
        """Return what the meter has truly read since the last call, in order."""
        exchanges = self._wire.exchanges[:]
        del self._wire.exchanges[: len(exchanges)]
        return list(_readings(exchanges))

    def _ask(self, model: str, query: str) -> str:
        found = (each for each in self._lab.instruments.values() if each.model.name == model)
        with self._lab.lock:
            return str(next(found).execute(query)).strip()


@contextmanager
def night_bench(folder: Path) -> Iterator[NightBench]:
    """Serve the virtual array over sockets, through the wire."""
    lab = open_lab("array?name=nights")
    with LabServer(lab, first_port=0) as server:
        ports = {model: int(at.split("::")[2]) for model, at in server.addresses.items()}
        wire = MisbehavingWire(ports, LATE_S)
        try:
            file = folder / "array.toml"
            file.write_text(_bench_file(lab, wire))
            yield NightBench(lab, wire, file)
        finally:
            wire.close()


def _bench_file(lab: Lab, wire: MisbehavingWire) -> str:
    """Return the bench file of the lab through the wire, with a fast meter and magnet."""
    addresses = {name: f"TCPIP::127.0.0.1::{port}::SOCKET" for name, port in wire.port.items()}
    text = bench_file_text(lab, addresses)
    text = re.sub(r"^(address = .*)$", rf"\1\ntimeout_s = {TIMEOUT_S}", text, flags=re.MULTILINE)
    text = text.replace('driver = "Keithley2400"', 'driver = "Keithley2400"\nnplc = 0.01')
    return text.replace("field_rate_T_per_s = 0.1", "field_rate_T_per_s = 2.0")


def _readings(exchanges: list[Exchange]) -> Iterator[Reading]:
    level_V = field_T = 0.0
    for instrument, message, reply in exchanges:
        if instrument == "81160A" and ":VOLT1:" in message and "?" not in message:
            level_V = float(message.split()[-1]) if "OFFS" not in message else level_V
        if instrument == "2400" and ":READ?" in message and reply.count(",") >= 4:
            voltage_V, current_A = map(float, reply.split(",")[:2])
            yield GAIN * level_V, field_T, voltage_V, current_A
        if instrument == "425" and message == "RDGFIELD?":
            field_T = float(reply)


def never_read(store: Store, runs: list[int], truth: list[Reading]) -> int:
    """Return how many stored points of these runs are no reading that was made, in that order.

    A reading with another amplitude or field than the stored one counts as none.
    """
    made = iter(truth)
    wrong = 0
    for run in runs:
        points = store.points(run, all_attempts=True)
        names = ("amplitude_V", "field_T", "voltage_V", "current_A")
        for stored in zip(*(points[name].tolist() for name in names), strict=True):
            wrong += not any(_is(stored, reading) for reading in made)
    return wrong


def _is(stored: Reading, made: Reading) -> bool:
    pulse_fits = math.isnan(stored[0]) or bool(np.isclose(stored[0], made[0], atol=1e-3))
    return pulse_fits and stored[1:] == made[1:]
