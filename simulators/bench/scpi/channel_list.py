"""Channel lists of switch systems, `(@101,201:240)`: slot and channel number of every relay."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ..errors import ScpiError

_RANGE = re.compile(r"\s*(\d+)\s*(?::\s*(\d+)\s*)?\Z")
_MOST = 1000


@dataclass(frozen=True, slots=True)
class ChannelList:
    """A list of channels in parentheses; -222 for one that does not exist."""

    existing: Collection[int]

    def parse(self, text: str) -> tuple[int, ...]:
        if not (text.startswith("(@") and text.endswith(")")):
            raise ScpiError(-104, "Data type error", text[:40])
        channels = channels_of(text[2:-1])
        if channels is None:
            raise ScpiError(-102, "Syntax error", text[:40])
        for channel in channels:
            if channel not in self.existing:
                raise ScpiError(-222, "Parameter data out of range", str(channel))
        return channels

    def format(self, value: Iterable[int]) -> str:
        return f"(@{','.join(map(str, sorted(value)))})"


def channels_of(text: str) -> tuple[int, ...] | None:
    """Return the channels of `101,201:240`, each range up or down; None if it is no list."""
    channels: list[int] = []
    for part in text.split(","):
        match = _RANGE.match(part)
        if match is None:
            return None
        first, last = int(match[1]), int(match[2] or match[1])
        if abs(last - first) >= _MOST:
            return None
        step = 1 if last >= first else -1
        channels += range(first, last + step, step)
    return tuple(channels)
