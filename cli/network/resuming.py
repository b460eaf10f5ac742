"""An interrupted run of an array to resume: its seed, its array's file, its options."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...instruments import BenchFile
from ...lab_address import LabAddress
from ...protocols import ProtocolError
from ...storage import RunRecord
from ...wording import with_article

_OF_FILES = {
    "data_set": "--weights",
    "neuron": "--weights",
    "hidden": "--weights",
    "model": "--model",
}
"""What a training was started with, and the option whose file or model it comes from."""
_SETTINGS = ("rule", "steps", "batch", "visits", "learning_rate", "read_every", "erase")


def seed_of(original: RunRecord, seed: int | None, protocol: str, command: str) -> int | None:
    """Return the seed of a run to resume; raises ProtocolError for one of another protocol."""
    number, first = original.summary.id, original.attempts[0].seed
    if original.summary.protocol != protocol:
        raise ProtocolError(
            f"Run {number} is {with_article(original.summary.protocol)}, not "
            f"{with_article(protocol)}: give --resume the number of a run that {command} started."
        )
    if seed not in (None, first):
        raise ProtocolError(
            f"Run {number} was started with {'no seed' if first is None else f'seed {first}'}, not "
            f"{seed}: leave --seed out to resume it."
        )
    return first


def with_lasting_array(
    bench_file: BenchFile, folder: Path, original: RunRecord | None
) -> BenchFile:
    """Return the bench with a virtual array kept in the folder, unless its file names another.

    The array of a run to resume stays where it is. Raises ProtocolError if it is gone.
    """
    address = LabAddress.of_library(bench_file.visa_library)
    if address is None or bench_file.switch is None or address.option("state"):
        return bench_file
    kept = None if original is None else _array_of(original)
    library = address.with_options(state=kept or (folder / "array.state").absolute()).library
    return bench_file.model_copy(update={"visa_library": library})


def check_options(original: RunRecord, learner: Mapping[str, Any], on: str) -> None:
    """Raise ProtocolError with the first option of a training that differs from the original's.

    `learner` is the learner's document. What no option of `dwmtj network train` sets is left to
    `check_resumable`.
    """
    number = original.summary.id
    before_on = "twin" if original.summary.device.startswith("twin of ") else "bench"
    if on != before_on:
        raise ProtocolError(f"Run {number} was started with --on {before_on}: resume it with that.")
    for name, now in json.loads(json.dumps(dict(learner))).items():
        before = original.parameters.get(f"learner_{name}")
        if before == now:
            continue
        if name in _SETTINGS:
            raise ProtocolError(
                f"Run {number} was started with {_as_option(name, before)}, not "
                f"{_as_option(name, now)}: resume it with the options that it was started with."
            )
        if name in _OF_FILES:
            raise ProtocolError(
                f"Run {number} was started with another {_OF_FILES[name]}: resume it with that."
            )


def _as_option(name: str, value: object) -> str:
    option = name.replace("_", "-")
    if isinstance(value, bool):
        return f"--{option}" if value else f"--no-{option}"
    return f"--{option} {value}"


def _array_of(original: RunRecord) -> str | None:
    """Return the file of the virtual array of a run, None if it had none."""
    library = str(original.attempts[0].bench.get("visa_library", ""))
    address = LabAddress.of_library(library)
    kept = None if address is None else address.option("state")
    if kept is not None and not Path(kept).exists():
        raise ProtocolError(
            f"The array of run {original.summary.id} is gone: there is no file {kept}. Start a new "
            "run."
        )
    return kept
