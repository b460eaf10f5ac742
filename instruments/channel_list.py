"""Lists of a switch's channels in a bench file: `101:140,201:208`, or crosspoints, `1A01:1A12`."""

import re

_RANGE = re.compile(r"(\d{3,5})(?:\s*:\s*(\d{3,5}))?")
_CROSSPOINTS = re.compile(r"(\d{1,2}[A-H])(\d\d)(?:\s*:\s*\1(\d\d))?")
_MOST = 10_000


def channels_of(text: str) -> tuple[str, ...] | None:
    """Return the channels of a list in order; None if it is no list, or names a channel twice.

    A range of crosspoints stays in its slot and row.
    """
    channels: list[str] = []
    for part in map(str.strip, text.split(",")):
        if numbers := _RANGE.fullmatch(part):
            prefix, digits, first, last = "", 0, numbers[1], numbers[2]
        elif crosspoints := _CROSSPOINTS.fullmatch(part):
            prefix, digits, first, last = crosspoints[1], 2, crosspoints[2], crosspoints[3]
        else:
            return None
        start, end = int(first), int(last or first)
        if not 0 <= end - start < _MOST:
            return None
        channels += [f"{prefix}{number:0{digits}d}" for number in range(start, end + 1)]
    return tuple(channels) if len(set(channels)) == len(channels) else None


def are_numbers(channels: tuple[str, ...]) -> bool:
    """Return whether channels are numbers, not crosspoints."""
    return all(channel.isdecimal() for channel in channels)
