"""Levels between which a junction hops by itself, whatever the pulses do.

Pulses of one sign drive the wall one way. Two levels that follow each other both ways in a phase
are told apart by something else, as telegraph noise or a wall that falls back; an amplitude at
which they are left is then no switching voltage.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from .voltages import SwitchingEvent

LEAST_BACK = 4
LEAST_SHARE = 0.2


def hopping_remarks(switches: Sequence[SwitchingEvent]) -> tuple[str, ...]:
    """Return a sentence for each pair of levels that change into each other both ways."""
    return tuple(_remarks(switches))


def _remarks(switches: Sequence[SwitchingEvent]) -> Iterator[str]:
    moves = Counter(
        (each.phase, each.amplitude_V > 0, each.before, each.after) for each in switches
    )
    for (phase, positive, before, after), forth in moves.items():
        back = moves[phase, positive, after, before]
        if before < after and min(forth, back) >= max(LEAST_BACK, LEAST_SHARE * max(forth, back)):
            yield (
                f"In the phase {phase}, level {before} changes to {after} {forth} times and back "
                f"{back} times under pulses of one sign: it hops by itself, and the amplitudes at "
                "which these levels are left say nothing of pulses."
            )
