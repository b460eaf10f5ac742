"""The sources of a bench, which must be off before anything that connects the device moves."""

from collections.abc import Mapping

from ..errors import BenchError
from ..limits import LimitedPulseGenerator, LimitedResistanceMeter

Sources = Mapping[str, LimitedPulseGenerator | LimitedResistanceMeter]


def check_cold(sources: Sources, what: str) -> None:
    """Raise BenchError if a source is armed; `what` is "The switch", say, in its sentence."""
    for name, source in sources.items():
        if source.armed:
            raise BenchError(
                f"{what} must not be moved while the {name} is on: make the {name} safe first, "
                "and arm it again afterwards."
            )
