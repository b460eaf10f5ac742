"""The bench of a station: opened, confirmed safe, and opened again; in the main thread alone."""

import logging
from collections.abc import Callable
from itertools import count

from ...instruments import Bench, BenchError, BenchFile, open_bench
from ...instruments.guard import by_hand
from ...lab_address import LabAddress
from ...protocols.running.resuming import compared_library
from .instrument_states import InstrumentStates

log = logging.getLogger(__name__)

Tell = Callable[[str, str], None]
"""Adds a message of a level to those of the station."""


class OwnBench:
    """A bench file and, while it is open, its bench; `problem` says why it is not open or safe."""

    def __init__(
        self, bench_file: BenchFile, seed: int | None, states: InstrumentStates, tell: Tell
    ) -> None:
        options = {} if seed is None else {"seed": seed}
        self.file = bench_file.with_lab_options(**options)
        self._as_given = bench_file
        self.bench: Bench | None = None
        self.problem: str | None = None
        self._states = states
        self._tell = tell
        self._fresh_labs = count(1)
        self._making_safe_unopened = False

    def open(self) -> None:
        """Open the bench and confirm that everything is off.

        If an instrument cannot be opened, the others are made safe over connections of their own.
        """
        self.problem = None
        try:
            bench = open_bench(self.file)
        except (KeyboardInterrupt, SystemExit):
            self.problem = "The opening of the bench was stopped; check it to open it again."
            self._states.all_are("no answer", "not open")
            raise
        except BenchError as error:
            self._not_open(" ".join([str(error), *getattr(error, "__notes__", ())]))
            return
        except Exception as error:  # a back end may raise anything
            log.exception("The bench could not be opened")
            self._not_open(repr(error))
            return
        bench.safe_state_observer = self._states.observe
        self.bench = bench
        self.make_safe()
        if self.problem is None:
            self._identify(bench)

    def make_safe(self) -> None:
        """Make the bench safe; if that fails, `problem` says what is not.

        If it is not open, what answers is made safe over connections of its own.
        """
        if self.bench is None:
            self._make_safe_unopened()
            return
        try:
            self.bench.make_safe()
        except BenchError as error:
            self.problem = str(error)
            self._tell("error", self.problem)
        else:
            self.problem = None

    def check(self) -> None:
        """Ask every instrument for its identity, or open the bench again if one does not answer.

        Raises BenchError if it cannot be opened, or made safe.
        """
        self.make_safe()
        if self.bench is not None and self.problem is None:
            self._identify(self.bench)
        if self.bench is None or self.problem is not None:
            self.reopen()
        if self.problem is not None:
            raise BenchError(self.problem)

    def reopen(self) -> None:
        """Close the bench, as far as it can be, and open it."""
        self.close()
        self.open()

    def close(self) -> None:
        """Make the bench safe and close it; what is not safe is told in a message."""
        bench, self.bench = self.bench, None
        if bench is not None:
            try:
                bench.close()
            except BenchError as error:
                self._tell("error", str(error))

    def use_lab(
        self, seed: int | None, attempt: int, *, fresh: bool, temperature_K: float | None = None
    ) -> None:
        """Open another virtual lab if the one that is open does not simulate what a run needs.

        It needs the lab of this seed, or the one without, at this temperature, or the device's own;
        a `fresh` one has a new device. Real benches stay as they are.
        """
        options: dict[str, object] = {} if seed is None else {"seed": seed}
        if temperature_K is not None:
            options["temperature_K"] = repr(temperature_K)
        wanted = self._as_given.with_lab_options(**options)
        same = compared_library(wanted.visa_library) == compared_library(self.file.visa_library)
        if not self.file.virtual or (same and not fresh):
            return
        if fresh and not self._keeps_its_devices:
            wanted = wanted.with_lab_options(name=f"station-{next(self._fresh_labs)}")
        if attempt > 1:
            wanted = wanted.with_lab_options(attempt=attempt)
        self.close()
        self.file = wanted
        self.open()

    @property
    def making_safe(self) -> bool:
        """True while it is being made safe, by whatever thread."""
        return self._making_safe_unopened or (self.bench is not None and self.bench.making_safe)

    @property
    def stated_temperature_K(self) -> float | None:
        """The temperature that a run gave the virtual device, None if it has its own."""
        address = LabAddress.of_library(self.file.visa_library)
        as_given = LabAddress.of_library(self._as_given.visa_library)
        if address is None or as_given is None:
            return None
        stated = address.option("temperature_K")
        return None if stated in (None, as_given.option("temperature_K")) else float(stated)

    @property
    def seed(self) -> int | None:
        """The seed of the virtual lab, None without one."""
        address = LabAddress.of_library(self.file.visa_library)
        seed = None if address is None else address.option("seed")
        return None if seed is None else int(seed)

    @property
    def _keeps_its_devices(self) -> bool:
        address = LabAddress.of_library(self.file.visa_library)
        return address is not None and address.option("state") is not None

    def _identify(self, bench: Bench) -> None:
        try:
            self._states.opened(bench.identities())
        except BenchError as error:
            self.problem = str(error)
            self._tell("error", self.problem)

    def _not_open(self, problem: str) -> None:
        self.problem = problem
        self._tell("error", problem)
        self._states.all_are("no answer", "not open")
        self._make_safe_unopened()

    def _make_safe_unopened(self) -> None:
        self._making_safe_unopened = True
        try:
            outcomes = by_hand.make_safe(self.file)
        except BenchError as error:
            if str(error) != self.problem:
                self._tell("error", str(error))
            return
        finally:
            self._making_safe_unopened = False
        for outcome in outcomes:
            self._states.outcome(outcome)
        done = "; ".join(map(str, outcomes))
        self._tell("warning", f"What answers was made safe over connections of its own: {done}.")
