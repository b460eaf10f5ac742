"""Which relays of a lab's switch select the rows and the columns of its array."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import LabError
from .models.keithley_2750 import CHANNELS, is_measuring
from .scpi.channel_list import channels_of

_KEYS = ("row_channels", "column_channels")


@dataclass(frozen=True, slots=True)
class ArrayWiring:
    """The channels of the rows and of the columns, in order."""

    row_channels: tuple[int, ...]
    column_channels: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many devices there are."""
        return len(self.row_channels) * len(self.column_channels)


def array_wiring(table: Any, where: str) -> ArrayWiring:
    """Read the section `[array]`; raises LabError, naming key and remedy."""
    if not isinstance(table, Mapping):
        raise LabError(f"{where}: write it as a section, [array].")
    for key in table:
        if key not in _KEYS:
            raise LabError(f"{where} {key}: unknown key, use {', '.join(_KEYS)}.")
    rows, columns = (_channels(table, key, where) for key in _KEYS)
    for channel in rows:
        if channel in columns:
            raise LabError(f"{where}: channel {channel} cannot select a row and a column.")
    return ArrayWiring(rows, columns)


def _channels(table: Mapping[str, Any], key: str, where: str) -> tuple[int, ...]:
    text = table.get(key)
    channels = channels_of(text) if isinstance(text, str) else None
    if channels is None:
        raise LabError(f'{where} {key}: {text!r} is no list of channels such as "101:140,201:208".')
    for channel in channels:
        if channel not in CHANNELS or not is_measuring(channel):
            raise LabError(f"{where} {key}: the switch has channels 101 to 540, not {channel}.")
    if len(set(channels)) < len(channels):
        raise LabError(f"{where} {key}: a channel is named twice.")
    return channels
