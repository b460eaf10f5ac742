"""A checkpoint: the finished parts of a long computation, kept in one file and found again.

A file is a pickle of plain data and numpy arrays; nothing else is read from it, so that a file of
unknown origin runs no code.
"""

import json
import pickle
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from ...storage import atomic_write
from .errors import SweepError

ARRAYS = {
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy._core.numeric", "_frombuffer"),
}
"""All that a file may name: what rebuilds arrays."""


class Checkpoint:
    """The parts finished so far of one configuration; each is on the disk once `keep` returns.

    Makes its folder. Raises SweepError if it cannot, and if the file is damaged or holds the parts
    of another configuration.
    """

    def __init__(self, path: Path, configuration: Mapping[str, Any]) -> None:
        self.path = path
        self._configuration = json.dumps(configuration, sort_keys=True)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SweepError(
                f"The checkpoint {path} cannot be written ({error.strerror}): give another folder."
            ) from error
        self._parts: dict[str, Any] = self._load() if path.exists() else {}

    def __len__(self) -> int:
        return len(self._parts)

    def find(self, part: str) -> Any | None:
        """Return the content that was kept of a part, None if there is none."""
        return self._parts.get(part)

    def keep(self, part: str, content: Any) -> None:
        """Keep a finished part: plain data and arrays. Raises OutputFileError."""
        self._parts[part] = content
        kept = {"configuration": self._configuration, "parts": self._parts}
        with atomic_write(self.path) as draft:
            draft.write_bytes(pickle.dumps(kept, protocol=5))

    def remove(self) -> None:
        """Delete the file: the work is done."""
        self.path.unlink(missing_ok=True)

    def _load(self) -> dict[str, Any]:
        configuration, parts = _read(self.path)
        if configuration != self._configuration:
            raise SweepError(
                f"The checkpoint {self.path} is of another configuration: delete it, or give "
                "another folder with --out."
            )
        return parts


def kept_parts(path: Path) -> Mapping[str, Any]:
    """Return the parts in a checkpoint of any configuration, for who watches a computation.

    Raises SweepError if the file is missing or damaged.
    """
    return _read(path)[1]


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        kept = _Unpickler(BytesIO(path.read_bytes())).load()
        return kept["configuration"], dict(kept["parts"])
    except Exception as error:  # whatever damaged bytes make of it
        raise SweepError(
            f"The checkpoint {path} is damaged, or of an earlier version: delete it to start anew."
        ) from error


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ARRAYS:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a checkpoint")
        return super().find_class(module, name)
