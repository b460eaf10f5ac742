"""A checkpoint: the finished parts of a long computation, kept in one file and found again."""

import json
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from ..networks.errors import NetworkError


class Checkpoint:
    """The parts finished so far of one configuration; each is on the disk once `keep` returns.

    Makes its folder. Raises NetworkError where that cannot be, and where the file is damaged or
    holds another configuration's parts.
    """

    def __init__(self, path: Path, configuration: Mapping[str, Any]) -> None:
        self.path = path
        self._configuration = json.dumps(configuration, sort_keys=True)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NetworkError(self._cannot_write(error)) from error
        self._parts: dict[str, Any] = self._load() if path.exists() else {}

    def __len__(self) -> int:
        return len(self._parts)

    def find(self, part: str) -> Any | None:
        """Return what was kept of the part: tensors, numbers, texts, lists, dictionaries."""
        return self._parts.get(part)

    def keep(self, part: str, content: Any) -> None:
        """Keep a finished part; a reader finds the file whole at any time."""
        self._parts[part] = content
        partial = self.path.with_name(f"{self.path.name}.partial")
        try:
            torch.save({"configuration": self._configuration, "parts": self._parts}, partial)
            partial.replace(self.path)
        except OSError as error:
            raise NetworkError(self._cannot_write(error)) from error

    def remove(self) -> None:
        """Forget all parts: the work is done."""
        self.path.unlink(missing_ok=True)

    def _cannot_write(self, error: OSError) -> str:
        return (
            f"The checkpoint {self.path} cannot be written ({error.strerror}): give another "
            "folder, or free some space."
        )

    def _load(self) -> dict[str, Any]:
        try:
            kept = torch.load(self.path, map_location="cpu", weights_only=True)
            configuration, parts = kept["configuration"], dict(kept["parts"])
        except (OSError, RuntimeError, EOFError, KeyError, TypeError, pickle.PickleError) as error:
            raise NetworkError(
                f"The checkpoint {self.path} is damaged: delete it to begin anew."
            ) from error
        if configuration != self._configuration:
            raise NetworkError(
                f"The checkpoint {self.path} is of another configuration: delete it, or give "
                "another folder with --out."
            )
        return parts
