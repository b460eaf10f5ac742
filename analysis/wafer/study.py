"""A wafer study out of the store: what became of each device that was to be measured.

Devices are named by `wafer_map.device_name`; the map and the devices that were to be measured are
the results "wafer", devices without contact the results "no contact". All of it is of one sequence,
the latest of the wafer unless another is named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...storage import ResultRecord, RunSummary, Status, Store
from ...wafer_map import (
    NO_CONTACT,
    WAFER,
    DevicePlace,
    Die,
    WaferMap,
    device_place,
)
from ..errors import AnalysisError


@dataclass(frozen=True, slots=True)
class WaferStudy:
    """The devices of a wafer, by place: finished runs, others, and why there was no contact."""

    wafer: str
    tag: str
    map: WaferMap
    places: tuple[DevicePlace, ...]
    runs: Mapping[DevicePlace, tuple[RunSummary, ...]]
    failed: Mapping[DevicePlace, tuple[RunSummary, ...]]
    no_contact: Mapping[DevicePlace, str]

    @property
    def dies(self) -> tuple[Die, ...]:
        """The dies that were to be measured, in order."""
        return tuple(dict.fromkeys(place.die for place in self.places))

    @property
    def contacted(self) -> tuple[DevicePlace, ...]:
        """The devices on which a run was stored."""
        return tuple(place for place in self.places if place in self.runs or place in self.failed)

    def of_die(self, die: Die) -> tuple[DevicePlace, ...]:
        """Return the devices of a die that were to be measured."""
        return tuple(place for place in self.places if place.die == die)


def wafer_names(store: Store) -> tuple[str, ...]:
    """Return the names of the wafers in a database, in the order of their first study."""
    return tuple(dict.fromkeys(result.name for result in store.results(WAFER)))


def load_study(store: Store, wafer: str, tag: str | None = None) -> WaferStudy:
    """Return the study of a wafer, that of the sequence `tag` or the latest one.

    Raises AnalysisError if there is none.
    """
    noted = [each for each in store.results(WAFER, name=wafer) if tag in (None, each.data["tag"])]
    if not noted:
        known = ", ".join(wafer_names(store)) or "none"
        of = "" if tag is None else f" of the sequence {tag}"
        raise AnalysisError(
            f"There is no study of the wafer {wafer}{of} in this database; it has {known}."
        )
    record = noted[-1]
    tag = str(record.data["tag"])
    places = _places(record)
    finished: dict[DevicePlace, list[RunSummary]] = {}
    failed: dict[DevicePlace, list[RunSummary]] = {}
    for run in store.runs():
        place = device_place(run.device) if tag in run.tags else None
        if place is not None:
            (finished if run.status is Status.FINISHED else failed).setdefault(place, []).append(
                run
            )
    lost: dict[DevicePlace, str] = {}
    for missing in store.results(NO_CONTACT, name=wafer):
        place = device_place(str(missing.data["device"]))
        if missing.data["tag"] == tag and place is not None and place not in finished | failed:
            lost[place] = str(missing.data["reason"])
    return WaferStudy(
        wafer,
        tag,
        WaferMap.model_validate(record.data["map"]),
        places,
        {place: tuple(runs) for place, runs in finished.items()},
        {place: tuple(runs) for place, runs in failed.items()},
        lost,
    )


def _places(record: ResultRecord) -> tuple[DevicePlace, ...]:
    dies: Sequence[Sequence[int]] = record.data["dies"]
    return tuple(
        DevicePlace(record.name, Die(*die), str(device))
        for die in dies
        for device in record.data["devices"]
    )
