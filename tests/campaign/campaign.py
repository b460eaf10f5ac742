"""A campaign of faults: a bench over sockets, one fault a run, and a judge who knows the truth."""

import math
import re
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from itertools import count
from pathlib import Path

from dwmtj.cli.serve.bench_file import bench_file_text
from dwmtj.errors import DwmtjError
from dwmtj.instruments import BenchFile, load_bench_file, open_bench, parse_bench_file
from dwmtj.protocols.catalogue import PROTOCOLS as CATALOGUE
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.running.runner import run
from dwmtj.simulators.bench import LabServer, open_lab
from dwmtj.simulators.bench.lab import Lab
from dwmtj.storage import Status, Store
from dwmtj.tests.campaign.proxy import Exchange, Fault, FaultKind, MisbehavingWire

TIMEOUT_S = 1.0
LATE_S = 1.5
HANG_S = 90.0
OFF_WITHIN_S = 10.0
GAIN = 2.0
LIMIT_V, LIMIT_A = 6.0, 10.4

_SHORTENED: Mapping[str, Mapping[str, float | str]] = {
    "saturate": {},
    "minor-loop": {"largest_field_T": 0.06, "step_T": 0.03},
    "major-loop": {"largest_field_T": 0.06, "fine_field_T": 0, "step_T": 0.03},
    "staircase-write": {"amplitude_start_V": 2, "amplitude_step_V": 1},
    "reset": {"amplitude_start_V": 2, "amplitude_step_V": 1},
    "write-reset-cycling": {"amplitude_start_V": 3, "amplitude_step_V": 1, "cycles": 1},
    "repeated-ramp": {"amplitude_start_V": 3, "amplitude_step_V": 1.25, "cycles": 1},
    "pulse-train": {"amplitude_start_V": 3, "pulses": 3},
    "switching-probability": {"amplitude_stop_V": 1.2, "amplitude_step_V": 0.2, "trials": 2},
    "retention": {"duration_s": 2.0, "first_s": 0.5},
    "adaptive-threshold": {"most_pulses": 2},
    "read-series": {"readings": 4, "interval_s": 0},
    "endurance": {"cycles": 3},
    "iv": {"current_step_A": 50e-6},
    "read-array": {"rows": 2, "columns": 2},
}
PROTOCOLS = {name: _SHORTENED.get(name, {}) for name in CATALOGUE}
LABS = {"repeated-ramp": "straight", "read-array": "array"}
INSTRUMENTS = ("81160A", "2400", "BOP 36-12", "425", "2750")
OUTPUTS = {"81160A": ":OUTP1?", "2400": ":OUTP?", "BOP 36-12": "OUTP?"}


class Moment(StrEnum):
    START = "start"
    MIDDLE = "middle"
    RAMP = "ramp"
    SAFE_STATE = "safe state"


@dataclass(frozen=True, slots=True)
class Case:
    """One run: a protocol, a fault and the moment from which on the fault may happen."""

    protocol: str
    fault: Fault
    moment: Moment

    def __str__(self) -> str:
        return f"{self.protocol}, {self.fault.instrument}: {self.fault.kind} at {self.moment}"


def all_cases() -> Iterator[Case]:
    """Every instrument × fault × moment × protocol; the switch belongs to the array's alone."""
    for protocol in PROTOCOLS:
        for instrument in INSTRUMENTS:
            if instrument == "2750" and protocol != "read-array":
                continue
            for kind in FaultKind:
                for moment in Moment:
                    yield Case(protocol, Fault(instrument, kind), moment)


@dataclass(slots=True)
class Verdict:
    """What became of a run; `wrong` has a sentence for everything that must not be."""

    case: Case
    status: str = "not begun"
    struck: bool = False
    points: int = 0
    duration_s: float = 0.0
    wrong: list[str] = field(default_factory=list)


def run_case(case: Case, folder: Path) -> Verdict:
    """Run one case over sockets and judge it; the database stays in the folder."""
    verdict = Verdict(case)
    with _bench(case, folder) as (lab, wire, bench_file):
        began_s = time.monotonic()
        measuring = threading.Thread(
            target=_measure, args=(case, bench_file, wire, folder, verdict), daemon=True
        )
        measuring.start()
        measuring.join(HANG_S)
        verdict.duration_s = time.monotonic() - began_s
        if measuring.is_alive():
            verdict.wrong.append(f"hangs for {HANG_S:g} s")
        _judge_outputs(lab, verdict)
        _judge_limits(lab, verdict)
        _judge_points(wire.exchanges, folder, verdict)
        verdict.struck = wire.struck is not None
    return verdict


_numbers = count()


@cache
def _compile(lab: str) -> None:
    """Run a protocol once, so that no reply waits for a compiler."""
    library = f"{lab}?name=compiling@dwmtj"  # of its own, with a sound device
    bench_file = load_bench_file(f"virtual-{lab}").model_copy(update={"visa_library": library})
    with tempfile.TemporaryDirectory() as folder, open_bench(bench_file) as bench:
        if lab == "array":
            bench.switch.close(0, 0)
        with Store.open(Path(folder) / "once.sqlite") as store:
            run(make_protocol("reset", PROTOCOLS["reset"]), bench, store)


@contextmanager
def _bench(case: Case, folder: Path) -> Iterator[tuple[Lab, MisbehavingWire, BenchFile]]:
    name = LABS.get(case.protocol, "trapezoid")
    _compile(name)
    lab = open_lab(f"{name}?real_time=1&name=campaign-{next(_numbers)}")
    with LabServer(lab, first_port=0) as server:
        ports = {model: int(at.split("::")[2]) for model, at in server.addresses.items()}
        wire = MisbehavingWire(ports, LATE_S)
        try:
            yield lab, wire, _bench_file(lab, wire.port)
        finally:
            wire.close()


def _bench_file(lab: Lab, ports: Mapping[str, int]) -> BenchFile:
    """Return the bench file of the lab through the wire, with short time-outs and a fast magnet."""
    addresses = {model: f"TCPIP::127.0.0.1::{port}::SOCKET" for model, port in ports.items()}
    text = bench_file_text(lab, addresses)
    text = re.sub(r"^(address = .*)$", rf"\1\ntimeout_s = {TIMEOUT_S}", text, flags=re.MULTILINE)
    text = text.replace('driver = "Keithley2400"', 'driver = "Keithley2400"\nnplc = 0.01')
    text = text.replace("field_rate_T_per_s = 0.1", "field_rate_T_per_s = 2.0")
    return parse_bench_file(text, "campaign")


def _measure(
    case: Case, bench_file: BenchFile, wire: MisbehavingWire, folder: Path, verdict: Verdict
) -> None:
    procedure = make_protocol(case.protocol, PROTOCOLS[case.protocol])
    last = procedure.expected_points()
    due = {Moment.RAMP: 1, Moment.MIDDLE: math.ceil(last / 2), Moment.SAFE_STATE: last}
    measured = count(1)

    def strike_when_due() -> bool:
        if next(measured) == due.get(case.moment):
            wire.expect(case.fault)
        return False

    if case.moment is Moment.START:
        wire.expect(case.fault)
    try:
        with open_bench(bench_file) as bench, Store.open(folder / "campaign.sqlite") as store:
            run(procedure, bench, store, should_stop=strike_when_due)
    except DwmtjError:
        pass
    except BaseException as error:
        verdict.wrong.append(f"traceback: {error!r}")


def _judge_outputs(lab: Lab, verdict: Verdict) -> None:
    """Everything is off in the end."""
    deadline_s = time.monotonic() + OFF_WITHIN_S
    while left_on := [model for model, query in OUTPUTS.items() if _ask(lab, model, query) != "0"]:
        if time.monotonic() > deadline_s:
            verdict.wrong.append(f"left on: {', '.join(left_on)}")
            return
        time.sleep(0.05)


def _ask(lab: Lab, model: str, query: str) -> str:
    (instrument,) = (each for each in lab.instruments.values() if each.model.name == model)
    with lab.lock:
        return str(instrument.execute(query)).strip()


def _judge_limits(lab: Lab, verdict: Verdict) -> None:
    seen = lab.circuit.largest
    if seen.supply_current_set_A > LIMIT_A + 0.01:
        verdict.wrong.append(f"the supply was sent {seen.supply_current_set_A:g} A")
    if seen.pulse_level_V > LIMIT_V * 1.001:
        verdict.wrong.append(f"the device saw {seen.pulse_level_V:g} V")
    if seen.junction_voltage_V > 0.55:
        verdict.wrong.append(f"the junction saw {seen.junction_voltage_V:g} V")


def _judge_points(exchanges: list[Exchange], folder: Path, verdict: Verdict) -> None:
    """Every stored point is what an instrument truly replied, after the pulse it is said to be."""
    with Store.open(folder / "campaign.sqlite") as store:
        runs = store.runs()
        if not runs:
            return
        (summary,) = runs
        points = store.points(summary.id)
    verdict.status, verdict.points = str(summary.status), len(points)
    truth = _readings_by_pulse(exchanges)
    pulses = 0
    names = ("amplitude_V", "voltage_V", "current_A", "field_T")
    columns = (points[name].tolist() for name in names)
    for number, (amplitude_V, *reading) in enumerate(zip(*columns, strict=True)):
        pulsed = not math.isnan(amplitude_V)
        pulses += pulsed
        if pulses >= len(truth):
            verdict.wrong.append(f"point {number} is after a pulse that was never fired")
            return
        level_V, readings = truth[pulses]
        if tuple(reading) not in readings:
            verdict.wrong.append(f"point {number}: {reading} was never read there")
        if pulsed and abs(amplitude_V - GAIN * level_V) > 1e-3:
            verdict.wrong.append(f"point {number}: the pulse was {GAIN * level_V:g} V")
    if summary.status is Status.FINISHED:
        expected = make_protocol(
            verdict.case.protocol, PROTOCOLS[verdict.case.protocol]
        ).expected_points()
        if len(points) != expected or pulses != len(truth) - 1:
            verdict.wrong.append(f"finished with {len(points)} of {expected} points")
        if any("left on" in wrong for wrong in verdict.wrong):
            verdict.wrong.append("finished with an output on")


def _readings_by_pulse(
    exchanges: list[Exchange],
) -> list[tuple[float, set[tuple[float, float, float]]]]:
    """Return level and true readings (V, A, T) after each pulse; the first are before any."""
    truth: list[tuple[float, set[tuple[float, float, float]]]] = [(0.0, set())]
    level_V = field_T = 0.0
    for instrument, message, reply in exchanges:
        if instrument == "81160A" and ":VOLT1:" in message and "?" not in message:
            level_V = float(message.split()[-1]) if "OFFS" not in message else level_V
        if instrument == "81160A" and "*TRG" in message:
            truth.append((level_V, set()))
        if instrument == "2400" and ":READ?" in message and reply.count(",") >= 4:
            voltage, current = reply.split(",")[:2]
            truth[-1][1].add((float(voltage), float(current), field_T))
        if instrument == "425" and message == "RDGFIELD?":
            field_T = float(reply)
    return truth
