"""The store as the window uses it: in a thread of its own, opened when it is first needed."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

from ...storage import Place, Store, StoreError
from .worker import Worker

Result = TypeVar("Result")


class Archive:
    """A database whose every use is a job of one worker."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._store: Store | None = None
        self.place: Place | None = None

    def use(self, place: Place) -> None:
        """Use another database from now on."""
        if place != self.place:
            self.place = place
            self._worker.ask(self._close)

    def ask(
        self,
        work: Callable[[Store], Result],
        then: Callable[[Result], object] | None = None,
        otherwise: Callable[[Exception], object] | None = None,
        owner: QObject | None = None,
    ) -> None:
        """Do something with the store in its thread; see `Worker.ask`."""
        self._worker.ask(lambda: work(self._opened()), then, otherwise, owner)

    def close(self) -> None:
        """Close the store after all that was asked before."""
        self._worker.ask(self._close)

    def _opened(self) -> Store:
        if self._store is None:
            if self.place is None:
                raise StoreError("There is no database yet: the station has not answered.")
            self._store = Store.open(self.place)
        return self._store

    def _close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None
