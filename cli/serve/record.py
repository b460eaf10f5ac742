"""The record of a served lab: the largest values it has seen, as JSON."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from ...storage import atomic_write

if TYPE_CHECKING:
    from ...simulators.bench import Lab, LargestValues


class Record:
    """A file with the fields of `LargestValues`, complete whenever it is read."""

    def __init__(self, lab: "Lab", path: Path) -> None:
        self._lab = lab
        self._path = path
        self._written: LargestValues | None = None

    def update(self) -> None:
        """Write the file if a value has grown; raises OutputFileError."""
        largest = self._lab.largest
        if largest != self._written:
            with atomic_write(self._path) as draft:
                draft.write_text(json.dumps(asdict(largest), indent=2) + "\n", encoding="utf-8")
            self._written = largest
