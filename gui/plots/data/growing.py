"""An array that grows at its end."""

from itertools import count
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T", bound=np.generic)
SMALLEST = 1024
GOLDEN = 0.618

_made = count()


class Growing(Generic[T]):
    """A one-dimensional array with room at its end; the room doubles when it is used up.

    Copying a million numbers takes milliseconds. Arrays that are extended together begin with
    different room, so that they do not all double in the same frame.
    """

    def __init__(self, dtype: npt.DTypeLike) -> None:
        room = int(SMALLEST * (1 + next(_made) * GOLDEN % 1))
        self._room: npt.NDArray[Any] = np.empty(room, dtype)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def values(self) -> npt.NDArray[T]:
        """The values so far, a view that a later extension leaves as it is."""
        return self._room[: self._count]

    def extend(self, values: npt.ArrayLike) -> None:
        """Add the values at the end."""
        added = np.asarray(values, self._room.dtype)
        needed = self._count + len(added)
        if needed > len(self._room):
            doublings = (needed // len(self._room)).bit_length()
            room = np.empty(len(self._room) << doublings, self._room.dtype)
            room[: self._count] = self.values
            self._room = room
        self._room[self._count : needed] = added
        self._count = needed

    def cut(self, count: int) -> None:
        """Keep the first `count` values."""
        self._count = min(count, self._count)
