"""Check that a run can be resumed: the same measurement, on the same bench as before."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ...lab_address import LabAddress
from ...storage import RunRecord
from ..errors import ProtocolError

_BENCH_KEYS = (
    "visa_library",
    "pulse_generator",
    "magnet",
    "resistance_meter",
    "switch",
    "temperature_controller",
    "wiring",
    "identities",
)
"""The keys of a bench snapshot that identify the bench; its limits may have changed since."""

_CHANGING_OPTIONS = ("attempt", "database", "name")
"""Options of a virtual lab that may differ between two attempts at a run."""


def check_resumable(
    original: RunRecord,
    protocol: str,
    device: str,
    parameters: Mapping[str, Any],
    bench: Mapping[str, Any],
) -> None:
    """Raise ProtocolError with the first difference from the original run, if there is one.

    `bench` is a snapshot. Three options of a virtual bench's library are not compared: `attempt`,
    which gives every attempt its own random numbers, `database`, and `name`.
    """
    before = {
        "protocol": original.summary.protocol,
        "device": original.summary.device,
        **original.parameters,
        **_fingerprint(original.attempts[0].bench),
    }
    now = {"protocol": protocol, "device": device, **_as_stored(parameters), **_fingerprint(bench)}
    for name in (*now, *(before.keys() - now.keys())):
        if before.get(name) != now.get(name):
            raise ProtocolError(
                f"Run {original.summary.id} was started with {name} = {before.get(name)}, not "
                f"{now.get(name)}: resume it with the original value, or start a new run."
            )


def check_conditions(original: RunRecord, conditions: Mapping[str, float] | None) -> None:
    """Raise ProtocolError if conditions are stated that differ from those of the original run."""
    for name, value in (conditions or {}).items():
        if original.conditions.get(name) != value:
            raise ProtocolError(
                f"Run {original.summary.id} was started with {name} = "
                f"{original.conditions.get(name)}, not {value:g}: omit it to resume the run, or "
                "start a new run."
            )


def _fingerprint(bench: Mapping[str, Any]) -> dict[str, Any]:
    stored = _as_stored(bench)
    if "visa_library" in stored:
        stored["visa_library"] = compared_library(stored["visa_library"])
    return dict(_flatten({name: stored[name] for name in _BENCH_KEYS if name in stored}))


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value with its dotted name."""
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def compared_library(library: str) -> str:
    """Return a VISA library without the options that may change between attempts."""
    address = LabAddress.of_library(library)
    return library if address is None else address.without(*_CHANGING_OPTIONS).library


def _as_stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as the store returns them: tuples as lists, keys as text."""
    stored: dict[str, Any] = json.loads(json.dumps(dict(values)))
    return stored
