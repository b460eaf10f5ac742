"""One task of a sweep: all that its result depends on, which makes its key, and its context."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from .errors import SweepError

Advance = Callable[[int], None]
"""Called by a task with the number of steps just done."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task: `configuration` is all that its result depends on but code and `seed`: plain data.

    That includes which images are read and which weights are used, by name and version or by a
    hash. `steps` is how many it reports; `context` is what its result does not depend on: a folder
    for a checkpoint, say.
    """

    name: str
    configuration: Mapping[str, Any]
    seed: int | None = None
    steps: int = 1
    context: Any = None

    def key(self, kind: str, source: str) -> str:
        """Return the hash of all that the result depends on; raises SweepError.

        `kind` names the computation, `source` is the fingerprint of the code.
        """
        try:
            described = json.dumps(
                [kind, source, self.configuration, self.seed], sort_keys=True, allow_nan=False
            )
        except (TypeError, ValueError) as error:
            raise SweepError(
                f"Task {self.name} has no key: its configuration must be plain data, numbers, "
                f"texts, lists and dictionaries ({error})."
            ) from error
        return hashlib.sha256(described.encode()).hexdigest()


Compute = Callable[[Any, Task, Advance], Mapping[str, Any]]
"""The computation of a task: takes the value of a worker's setup, the task and `advance`."""


def grid(**values: Any) -> list[dict[str, Any]]:
    """Return every combination, the last name's values changing fastest.

    >>> grid(seed=[0, 1], noise=[1, 10])[1]
    {'seed': 0, 'noise': 10}
    """
    return [dict(zip(values, combined, strict=True)) for combined in product(*values.values())]
