"""A bench: the three roles behind their limits, one clock, and a way to the safe state."""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from instruments.bench_file import BenchFile
from instruments.clock import Clock, clock_of
from instruments.drivers import open_magnet, open_pulse_generator, open_resistance_meter, open_visa
from instruments.errors import BenchError
from instruments.interrupts import Interrupts
from instruments.limits import (
    Demands,
    LimitedMagnet,
    LimitedPulseGenerator,
    LimitedResistanceMeter,
    Limits,
)
from instruments.roles import Magnet, PulseGenerator, ResistanceMeter

log = logging.getLogger(__name__)

CHECK_CURRENT_A = 10e-6


class Bench:
    """Instruments wired to one device, described by a bench file."""

    def __init__(
        self,
        bench_file: BenchFile,
        generator: PulseGenerator,
        magnet: Magnet,
        meter: ResistanceMeter,
        clock: Clock,
        *,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.file = bench_file
        self.generator = LimitedPulseGenerator(generator, self.limits)
        self.magnet = LimitedMagnet(magnet, self.limits)
        self.meter = LimitedResistanceMeter(meter, self.limits)
        self.clock = clock
        self._close = close

    @property
    def limits(self) -> Limits:
        return self.file.limits

    @property
    def device_name(self) -> str:
        return self.file.device.name

    def identities(self) -> dict[str, str]:
        """Ask every instrument for its `*IDN?`."""
        return {
            "pulse generator": self.generator.identity.strip(),
            "magnet supply": self.magnet.identity.strip(),
            "gaussmeter": self.magnet.gaussmeter_identity.strip(),
            "resistance meter": self.meter.identity.strip(),
        }

    def read_once(self) -> dict[str, str]:
        """Read every instrument once, as text: no pulse, no field, and little current.

        Whatever another program left on is made safe first.
        """
        self.make_safe()
        self.generator.check()
        self.magnet.check()
        current_A = min(CHECK_CURRENT_A, self.limits.read_current_A)
        try:
            self.meter.arm(current_A)
            resistance_ohm = self.meter.read().resistance_ohm
        finally:
            self.meter.make_safe()
        return {
            "pulse generator": "no errors",
            "magnet supply": "no errors",
            "gaussmeter": f"{self.magnet.read_field() * 1e3:.3f} mT",
            "resistance meter": f"{resistance_ohm:.2f} Ω at {current_A * 1e6:g} µA",
        }

    def snapshot(self) -> dict[str, Any]:
        """Return what a run must remember of the bench: its file and who answered, as JSON data."""
        return {**self.file.model_dump(mode="json"), "identities": self.identities()}

    def check(self, demands: Demands) -> None:
        """Raise LimitError if anything a protocol will ask for is beyond the limits."""
        if demands.shape is not None:
            self.limits.check_shape(demands.shape)
        self.generator.check_amplitudes(demands.amplitudes_V)
        self.magnet.check_fields(demands.fields_T)
        self.meter.check_currents(demands.currents_A)

    def make_safe(self) -> None:
        """Outputs off, magnet ramped to zero; every instrument is tried even if another is dead.

        Raises BenchError, after all were tried, naming those that could not be made safe. Ctrl-C
        in the middle begins that instrument's safe state again and is raised at the end.
        """
        problems, interruption = [], None
        for instrument in (self.generator, self.meter, self.magnet):
            for _ in range(2):
                try:
                    instrument.make_safe()
                except Exception as error:
                    log.exception("An instrument could not be made safe")
                    problems.append(str(error))
                except BaseException as error:
                    interruption = error
                    continue
                break
        if interruption is not None:
            raise interruption
        if problems:
            raise BenchError(
                "Not everything could be made safe; switch it off by hand: " + " ".join(problems)
            )

    def close(self) -> None:
        """Make the bench safe and close every session."""
        try:
            self.make_safe()
        finally:
            self._close()

    def __enter__(self) -> Self:
        """From here on, what would end the process (Ctrl-C, SIGTERM) goes by the safe state."""
        self._interrupts = Interrupts()
        self._interrupts.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._interrupts.hold()
        try:
            self.close()
        finally:
            self._interrupts.__exit__(kind, error, traceback)


def open_bench(bench_file: BenchFile) -> Bench:
    """Open every instrument of a bench file and confirm its identity; raises BenchError.

    What was opened before a failure is made safe and closed again.
    """
    library, limits = bench_file.visa_library, bench_file.limits
    clock = clock_of(open_visa(library).visalib)
    with Interrupts(), ExitStack() as opened:
        generator = open_pulse_generator(bench_file.pulse_generator, library, opened)
        meter = open_resistance_meter(bench_file.resistance_meter, limits, library, opened)
        magnet = open_magnet(bench_file.magnet, limits, clock, library, opened)
        close = opened.pop_all().close
    return Bench(bench_file, generator, magnet, meter, clock, close=close)
