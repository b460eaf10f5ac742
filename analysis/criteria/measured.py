"""What a run says about one quantity."""

from dataclasses import dataclass

from ..errors import AnalysisError
from ..estimate import Estimate


class OtherKindError(AnalysisError):
    """The run is of another kind: its protocol does not measure this quantity."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A quantity in its SI unit, with the 95 % interval, and what would narrow that.

    The interval is that of `values` independent ones from `cycles` cycles, of which more would
    narrow it; None where they would not. A `share` is of so many trials. `observed_s` is the time
    that a lifetime was looked for. `remedy` is what else helps.
    """

    estimate: Estimate
    values: int | None = None
    cycles: int | None = None
    share: bool = False
    observed_s: float | None = None
    remedy: str = ""
