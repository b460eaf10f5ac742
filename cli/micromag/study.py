"""The checkpoint of a micromagnetic study: kept while it is interrupted, removed at its end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...simulators.sweeps.checkpoint import Checkpoint


@contextmanager
def checkpoint_of(
    path: Path, track_file: Path, study: Callable[..., Any]
) -> "Iterator[Checkpoint]":
    """Open the checkpoint of a study of a track file, which is removed unless the block raises.

    Raises SweepError if there is one of another track or of other code.
    """
    from ...simulators.sweeps.checkpoint import Checkpoint
    from ...simulators.sweeps.code_fingerprint import code_fingerprint

    text = track_file.read_text(encoding="utf-8-sig")
    checkpoint = Checkpoint(path, {"track file": text, "code": code_fingerprint(study)})
    yield checkpoint
    checkpoint.remove()
