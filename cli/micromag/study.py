"""The checkpoint of a micromagnetic study: kept while it is interrupted, removed at its end."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...simulators.sweeps.checkpoint import Checkpoint


@contextmanager
def checkpoint_of(
    path: Path,
    track_file: Path,
    study: Callable[..., Any],
    outputs: Sequence[str],
    *,
    overwrite: bool,
) -> "Iterator[Checkpoint]":
    """Open the checkpoint of a study of a track file, which is removed unless the block raises.

    Raises OutputFileError if an output exists beside it and may not be overwritten, unless the
    checkpoint shows that an interrupted study wrote it; SweepError for a checkpoint of another
    track or of other code.
    """
    from ...simulators.sweeps.checkpoint import Checkpoint
    from ...simulators.sweeps.code_fingerprint import code_fingerprint
    from ...storage import check_overwrite

    for name in outputs:
        check_overwrite(path.with_name(name), overwrite=overwrite or path.exists())
    text = track_file.read_text(encoding="utf-8-sig")
    checkpoint = Checkpoint(path, {"track file": text, "code": code_fingerprint(study)})
    yield checkpoint
    checkpoint.remove()
