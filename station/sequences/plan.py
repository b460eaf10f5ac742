"""The steps of a sequence one after another, each with its device and its values, all checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...errors import DwmtjError
from ...instruments import BenchFile
from ...protocols.adaptive.write_verify import WriteVerify
from ...protocols.dry_run import check_against_limits
from ...storage import Store
from ..messages import MeasuredDevice
from ..work.job_check import check_site
from .errors import SequenceError
from .file import RunSequence, SequenceDevice, SequenceStep
from .step_check import procedures, runs_of

MOST_ITEMS = 100_000


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do: a run, or a step that is none; `title` is unique in the sequence."""

    title: str
    round: int
    device: SequenceDevice | None
    step: SequenceStep
    parameters: dict[str, Any]
    temperature_K: float | None = None

    @property
    def varied(self) -> str:
        """What tells the run from others of its step, nothing if it is the only one."""
        texts = [f"{name} = {self.parameters[name]}" for name in self.step.scan]
        if len(self.step.temperatures_K) > 1:
            texts.insert(0, f"{self.temperature_K:g} K")
        return ", ".join(texts)

    @property
    def device_name(self) -> str:
        return "" if self.device is None else self.device.name

    @property
    def measured_device(self) -> MeasuredDevice | None:
        return None if self.device is None else self.device.place


@dataclass(frozen=True)
class Plan:
    """A sequence and its items, in order."""

    sequence: RunSequence
    items: tuple[Item, ...]

    @cached_property
    def by_title(self) -> dict[str, Item]:
        return {item.title: item for item in self.items}

    @cached_property
    def last_titles(self) -> dict[tuple[int, str], str]:
        """The title of the last step of each round on each device."""
        return {(item.round, item.device_name): item.title for item in self.items}

    def titles_of(self, item: Item, name: str) -> Sequence[str]:
        """Return the titles of a step on the device of an item, in its round."""
        return self._titles.get((item.round, item.device_name, name), ())

    @cached_property
    def _titles(self) -> dict[tuple[int, str, str], list[str]]:
        titles: dict[tuple[int, str, str], list[str]] = {}
        for item in self.items:
            key = item.round, item.device_name, item.step.name
            titles.setdefault(key, []).append(item.title)
        return titles

    def retries(self, step: SequenceStep) -> int:
        return self.sequence.retries if step.retries is None else step.retries

    def on_failure(self, step: SequenceStep) -> str:
        return step.on_failure or self.sequence.on_failure


def plan_of(
    sequence: RunSequence, bench_file: BenchFile, store: Store | None, database: str | None = None
) -> Plan:
    """Return the items of a sequence, each checked against the bench; nothing is touched.

    `store` has the state models that steps name, None if there is none yet at `database`. Raises
    SequenceError with the step or the device at fault.
    """
    for device in sequence.devices[:MOST_ITEMS] or (None,):
        _check_device(sequence, device, bench_file)
    for step in sequence.step:
        _check_step(sequence, step, bench_file, store, database)
    items = sum(len(runs_of(step)) for step in sequence.step)
    items *= sequence.rounds * sequence.device_count
    if items > MOST_ITEMS:
        raise SequenceError(
            f"Sequence {sequence.name} has {items:,} steps, more than {MOST_ITEMS:,}: take fewer "
            "rounds or values."
        )
    return Plan(sequence, tuple(_items(sequence)))


def _items(sequence: RunSequence) -> Iterator[Item]:
    for number in range(1, sequence.rounds + 1):
        for device in sequence.devices or (None,):
            for step in sequence.step:
                chosen = runs_of(step)
                for index, (temperature_K, parameters) in enumerate(chosen, start=1):
                    words = (
                        f"round {number}" if sequence.rounds > 1 else "",
                        "" if device is None else device.name,
                        step.name,
                        f"{index} of {len(chosen)}" if len(chosen) > 1 else "",
                    )
                    title = ", ".join(filter(None, words))
                    yield Item(title, number, device, step, parameters, temperature_K)


def _check_device(
    sequence: RunSequence, device: SequenceDevice | None, bench_file: BenchFile
) -> None:
    try:
        check_site(None if device is None else device.place, bench_file)
    except DwmtjError as error:
        raise SequenceError(f"Sequence {sequence.name}: {error}") from error
    if device is None:
        return
    if device.seed is not None and not bench_file.virtual:
        raise SequenceError(
            f"Sequence {sequence.name}, device {device.name}: a seed applies to a virtual bench "
            "only; leave it out."
        )
    places = (device.row, device.seed, device.die)
    if len(sequence.device) > 1 and all(place is None for place in places):
        raise SequenceError(
            f"Sequence {sequence.name}, device {device.name}: nothing tells the bench to measure "
            "it; give its row and column behind a switch, its die under needles, or, on a virtual "
            "bench, a seed."
        )


def _check_step(
    sequence: RunSequence,
    step: SequenceStep,
    bench_file: BenchFile,
    store: Store | None,
    database: str | None,
) -> None:
    where = f"Sequence {sequence.name}, step {step.name}"
    try:
        for temperature_K in filter(None, step.temperatures_K):
            bench_file.check_temperature(temperature_K)
    except DwmtjError as error:
        raise SequenceError(f"{where}: {error}") from error
    if step.protocol == WriteVerify.name:
        _check_model(where, sequence, step, store, database)
        return
    for name in step.calibrate or ():
        _check_calibrates(where, next(each for each in sequence.step if each.name == name))
    if step.protocol is None:
        return
    try:
        for procedure in procedures(step):
            check_against_limits(procedure, bench_file)
    except DwmtjError as error:
        raise SequenceError(f"{where}: {error}") from error


def _check_calibrates(where: str, source: SequenceStep) -> None:
    if source.protocol == WriteVerify.name:
        return
    if all(procedure.set_points().shape is None for procedure in procedures(source)):
        raise SequenceError(
            f"{where}: step {source.name} fires no pulses, without which there is no model: "
            "calibrate from one that does."
        )


def _check_model(
    where: str,
    sequence: RunSequence,
    step: SequenceStep,
    store: Store | None,
    database: str | None,
) -> None:
    assert step.model is not None, "it was checked"
    if step.model in {each.name for each in sequence.step}:
        return  # calibrated on the way
    from ...analysis.state_model import find_model
    from ...writing.one_device import level_writing

    try:
        model = find_model(step.model, database if store is None else str(store.place))
        level_writing(model, level_number(step, len(model.levels)), step.parameters)
    except DwmtjError as error:
        raise SequenceError(f"{where}: {error}") from error


def level_number(step: SequenceStep, levels: int) -> int:
    """Return the number of the level that a step writes, of a model with so many levels."""
    names = {"first": 0, "middle": levels // 2, "last": levels - 1}
    return names[step.level] if isinstance(step.level, str) else int(step.level or 0)
