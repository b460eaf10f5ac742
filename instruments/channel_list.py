"""Lists of a switch's channels in a bench file: `101:140,201:208` and the like."""

import re

_RANGE = re.compile(r"\s*(\d{3,5})\s*(?::\s*(\d{3,5})\s*)?\Z")
_MOST = 10_000


def channels_of(text: str) -> tuple[int, ...] | None:
    """Return the channels of a list in order; None if it is no list, or names a channel twice."""
    channels: list[int] = []
    for part in text.split(","):
        match = _RANGE.match(part)
        if match is None:
            return None
        first, last = int(match[1]), int(match[2] or match[1])
        if not 0 <= last - first < _MOST:
            return None
        channels += range(first, last + 1)
    return tuple(channels) if len(set(channels)) == len(channels) else None
