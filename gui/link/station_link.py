"""The line to the station: its state five times a second, commands, and STOP in its own thread.

A command that hangs delays neither the state nor the stop.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from ...station.errors import StationError
from .client import StationClient
from .worker import Worker, sentence_of

PERIOD_S = 0.2
RETRY_S = 1.0
FAREWELL_S = 20.0
START_TIMEOUT_S = 120.0
Result = TypeVar("Result")


class StationLink(QObject):
    """The station of the window, which `connect` starts or finds; it may take seconds."""

    changed = Signal(object)
    """The StationState, at each poll."""
    lost = Signal(str, bool)
    """A sentence: the station does not answer; and True if it has to be started again."""
    failed = Signal(str, str)
    """A sentence and its details: a command was refused."""
    _sent = Signal()
    """Follows every state, so that the next one waits until it is shown."""

    def __init__(self, connect: Callable[[], StationClient]) -> None:
        super().__init__()
        self._connect = connect
        self._client: StationClient | None = None
        self._there, self._wanted = threading.Event(), threading.Event()
        self._closing, self._shown = threading.Event(), threading.Event()
        self._sent.connect(self._shown.set)
        self._wanted.set()
        self._commands, self._stops = Worker("station commands"), Worker("station stop")
        for worker in (self._commands, self._stops):
            worker.failed.connect(self.failed)
        self._poller = threading.Thread(target=self._poll, name="station state", daemon=True)

    def start(self) -> None:
        """Start or find the station, in a thread, and follow its state."""
        if not self._poller.is_alive():
            self._poller.start()

    def restart(self) -> None:
        """Start or find the station anew, after it was lost."""
        self._there.clear()
        self._wanted.set()

    def do(
        self,
        command: Callable[[StationClient], Result],
        then: Callable[[Result], object] | None = None,
        otherwise: Callable[[Exception], object] | None = None,
        owner: QObject | None = None,
    ) -> None:
        """Send a command; its result and its error arrive in the Qt thread."""
        self._commands.ask(lambda: command(self._reached()), then, otherwise, owner)

    def stop(self) -> None:
        """Stop the run and make the bench safe, at once; the second time replaces the process."""
        self._stops.ask(lambda: self._reached().stop())

    def replace(self) -> None:
        """Replace the process of the run now, and make the bench safe from the new one."""
        self._stops.ask(lambda: self._reached().replace())

    def close(self, *, has_stopped: bool = False) -> None:
        """Leave the station, after the commands that were asked for; nothing more is told of it.

        `has_stopped`: the work that it had was stopped, so that it is not needed for that.
        """
        self._closing.set()
        if self._there.is_set():  # else it is left once it is there
            self._commands.ask(lambda: self._reached().leave(has_stopped=has_stopped))
        self._wanted.set()
        self._commands.close()
        self._stops.close()

    def say_farewell(self) -> None:
        """Wait, after `close`, until the station has what was asked of it; FAREWELL_S at most."""
        deadline_s = time.monotonic() + FAREWELL_S
        for wait in (self._poller.join, self._stops.wait, self._commands.wait):
            wait(max(0.0, deadline_s - time.monotonic()))

    def _reached(self) -> StationClient:
        if not self._there.wait(START_TIMEOUT_S) or self._client is None:
            raise StationError("The station cannot be reached; start it again.")
        return self._client

    def _poll(self) -> None:
        while not self._closing.is_set():
            self._wanted.wait()
            self._wanted.clear()
            if self._closing.is_set():
                return
            try:
                self._client = self._connect()
            except Exception as error:
                self._tell(self.lost.emit, sentence_of(error)[0], True)
                continue
            self._there.set()
            if self._closing.is_set():  # before anything could be asked of it
                with suppress(StationError):
                    self._client.leave()
            self._follow(self._client)

    def _follow(self, client: StationClient) -> None:
        """Follow the state until the window closes, or until the station is to be started anew."""
        seen = 0
        while not (self._closing.is_set() or self._wanted.is_set()):
            try:
                state = client.state(messages_after=seen)
            except Exception as error:
                self._tell(self.lost.emit, sentence_of(error)[0], True)
                self._closing.wait(RETRY_S)
                continue
            seen = max([seen, *(message.number for message in state.messages)])
            self._shown.clear()
            self._tell(self.changed.emit, state)
            self._tell(self._sent.emit)
            self._closing.wait(PERIOD_S)
            while not (self._shown.wait(PERIOD_S) or self._closing.is_set()):
                pass  # a busy window gets the latest state, and no row of older ones before F12
        if not self._closing.is_set():  # else commands may still be on their way
            client.close()

    def _tell(self, emit: Callable[..., None], *values: object) -> None:
        if not self._closing.is_set():
            emit(*values)
