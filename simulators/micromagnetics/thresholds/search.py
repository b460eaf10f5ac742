"""How the thresholds of a notch are sought, and where finished runs are kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..dynamics.simulation import Accuracy
from ..errors import MicromagneticsError

Progress = Callable[[str, int], None]
"""Takes what is computed now and how many more runs are done."""


class Memory(Protocol):
    """Keeps the outcome of each run by its name, so that an interrupted study resumes."""

    def find(self, part: str) -> Any | None: ...

    def keep(self, part: str, content: Any) -> None: ...


class ProcessMemory(dict[str, Any]):
    """A memory that lasts as long as the process."""

    def find(self, part: str) -> Any | None:
        return self.get(part)

    def keep(self, part: str, content: Any) -> None:
        self[part] = content


@dataclass(frozen=True, slots=True)
class PrefixedMemory:
    """A memory whose parts have a prefix: those of one depth, say."""

    memory: Memory
    prefix: str

    def find(self, part: str) -> Any | None:
        return self.memory.find(self.prefix + part)

    def keep(self, part: str, content: Any) -> None:
        self.memory.keep(self.prefix + part, content)


@dataclass(frozen=True, slots=True)
class Search:
    """How the thresholds of a notch are sought."""

    between_A_per_m2: tuple[float, float] = (0.3e12, 3e12)
    """Current densities between which the thresholds lie."""
    tolerance: float = 0.002
    """Relative half-width of the brackets."""
    run_up_m: float = 240e-9
    """Distance before the notch from which the wall runs up; at least half of it from the end."""
    pulse_s: float = 10e-9
    rest_s: float = 5e-9
    """Time without current after a pulse."""
    longest_s: float = 25e-9
    """Time after which a wall that is neither gone nor at rest counts as creeping."""
    relaxation_s: float = 0.3e-9
    """Time with α = 1 and no current from which a run-up starts."""
    static_step: float = 0.01
    """First relative step of the staircase."""
    accuracy: Accuracy = field(
        default_factory=lambda: Accuracy(stray_interval_s=2e-12, window_m=560e-9)
    )

    def __post_init__(self) -> None:
        low, high = self.between_A_per_m2
        if not 0 < low < high:
            raise MicromagneticsError(
                f"The current densities to search between, {low:g} and {high:g} A/m², must rise "
                "from above 0: correct them."
            )
        if not 0 < self.tolerance < 0.1:
            raise MicromagneticsError("The tolerance of a threshold must lie between 0 and 0.1.")
