"""Whether a run may be taken up again: the same measurement, on the same bench as before."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..lab_address import LabAddress
from ..storage import RunRecord
from .errors import ProtocolError

_BENCH = (
    "visa_library",
    "pulse_generator",
    "magnet",
    "resistance_meter",
    "switch",
    "wiring",
    "identities",
)
"""What of a bench makes it this one; its limits may have been narrowed or widened meanwhile."""


def check_resumable(
    begun: RunRecord,
    protocol: str,
    device: str,
    parameters: Mapping[str, Any],
    bench: Mapping[str, Any],
) -> None:
    """Raise ProtocolError that names the first difference from how the run was begun.

    `bench` is a snapshot. Two options of a virtual bench's library are not compared: `attempt`,
    which gives every attempt its own random numbers, and `database`.
    """
    then = {
        "protocol": begun.summary.protocol,
        "device": begun.summary.device,
        **begun.parameters,
        **_described(begun.attempts[0].bench),
    }
    now = {"protocol": protocol, "device": device, **_stored(parameters), **_described(bench)}
    for name in (*now, *(then.keys() - now.keys())):
        if then.get(name) != now.get(name):
            raise ProtocolError(
                f"Run {begun.summary.id} was begun with {name} = {then.get(name)}, not "
                f"{now.get(name)}: resume it as it was begun, or begin a new run."
            )


def _described(bench: Mapping[str, Any]) -> dict[str, Any]:
    stored = _stored(bench)
    if "visa_library" in stored:
        stored["visa_library"] = _compared(stored["visa_library"])
    return dict(_leaves({name: stored[name] for name in _BENCH if name in stored}))


def _leaves(branch: Mapping[str, Any], stem: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value with its dotted name."""
    for name, value in branch.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{stem}{name}.")
        else:
            yield f"{stem}{name}", value


def _compared(library: str) -> str:
    address = LabAddress.of_library(library)
    return library if address is None else address.without("attempt", "database").library


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as they come back from the store."""
    stored: dict[str, Any] = json.loads(json.dumps(dict(values)))
    return stored
