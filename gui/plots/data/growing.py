"""An array that grows at its end."""

from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T", bound=np.generic)
SMALLEST = 1024


class Growing(Generic[T]):
    """A one-dimensional array with room at its end; the room doubles when it is used up."""

    def __init__(self, dtype: npt.DTypeLike) -> None:
        self._room: npt.NDArray[Any] = np.empty(SMALLEST, dtype)
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
            room = np.empty(max(needed, 2 * len(self._room)), self._room.dtype)
            room[: self._count] = self.values
            self._room = room
        self._room[self._count : needed] = added
        self._count = needed
