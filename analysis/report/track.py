"""The track of a stored run: its resistance from the bench file, its pulses' edges."""

from ...storage import RunRecord
from ..weight.energy import Track

UNKNOWN_TRACK = (
    "the track's resistance is unknown: state it with --track-resistance, or as "
    "track_resistance_ohm in the bench file before the run."
)


def track_of(record: RunRecord, resistance_ohm: float | None = None) -> Track | None:
    """Return the track of a run, None if its resistance is neither given nor in the bench file."""
    edges = [record.parameters.get(name) for name in ("rise_s", "fall_s")]
    rise_s, fall_s = (float(edge) if isinstance(edge, int | float) else 0.0 for edge in edges)
    if resistance_ohm is not None:
        return Track(resistance_ohm, rise_s, fall_s)
    device = record.attempts[-1].bench.get("device")
    stated = device.get("track_resistance_ohm") if isinstance(device, dict) else None
    if not isinstance(stated, int | float) or not stated > 0:
        return None
    return Track(float(stated), rise_s, fall_s, "of the bench file")
