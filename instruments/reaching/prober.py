"""Cold probing: the chuck moves only while no source drives the needles.

Touching down on a source that floats at its voltage limit, or lifting off under current, puts
spikes on a junction that it may not survive, and burns the tips.
"""

import logging
import threading

from ..errors import BenchError
from ..roles import Prober, WaferSite
from ..tracing import traced
from .sources import Sources, check_cold


class ColdProber:
    """Refuses to move, touch down or separate while a source is armed, or once it is closed.

    Its own `make_safe` separates, whatever is on: the bench switches its sources off before.
    """

    def __init__(self, inner: Prober, sources: Sources) -> None:
        self.inner = inner
        self.closed = False
        self._sources = sources
        self._moving = threading.RLock()

    @property
    def identity(self) -> str:
        return self.inner.identity

    @property
    def separated(self) -> bool:
        return self.inner.separated

    def position(self) -> WaferSite:
        return self.inner.position()

    @traced("move to die", logging.INFO)
    def move_to(self, site: WaferSite) -> None:
        """Move to a site, separated, and confirm that it is reached."""
        with self._moving:
            self._check_cold()
            self.inner.move_to(site)

    @traced("touch down", logging.INFO)
    def contact(self) -> None:
        with self._moving:
            self._check_cold()
            self.inner.contact()

    @traced("separate", logging.INFO)
    def separate(self) -> None:
        with self._moving:
            self._check_cold()
            self.inner.separate()

    def check(self) -> None:
        self.inner.check()

    def make_safe(self) -> None:
        self.inner.make_safe()

    def _check_cold(self) -> None:
        if self.closed:
            raise BenchError("The bench is closed, or about to be: open it again.")
        check_cold(self._sources, "The chuck")
