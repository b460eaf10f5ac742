"""The process of a station: its lock, its bench, its queue and its socket, from start to end."""

import logging
import secrets
import threading
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

import psutil
from filelock import Timeout

from ..instruments import BenchFile, load_bench_file
from ..lab_address import LabAddress
from ..storage import Store
from ..storage.owner import this_process
from ..wording import counted, with_article
from .errors import StationError
from .line import listen
from .replacement import Start, replace_process, wait_until_ended
from .server import Server
from .station_file import StationFile, lock_of, new_socket_path, remove_files
from .work.clients import Clients
from .work.commands import Commands
from .work.job_queue import JobQueue, queue_file
from .work.station_work import StationWork

log = logging.getLogger(__name__)

LOCK_TIMEOUT_S = 30.0  # for the process before this one to end
GUARD_TIMEOUT_S = 120.0  # for its guard, which may have to ramp a magnet


class StationProcess:
    """A station that can be reached; it opens its bench in `work`."""

    def __init__(self, start: Start, exits: ExitStack) -> None:
        """Raises DwmtjError if the station cannot be started; `exits` undoes what was done."""
        self._start = start
        self._replacing = threading.Lock()
        self._take_lock(exits)
        bench_file = _bench_file(start)
        store = exits.enter_context(Store.open(start.database))
        queue = JobQueue(queue_file(store.place, start.bench))
        clients = Clients(start.end_unused_after_s)
        self._work = StationWork(
            bench_file, start.seed, store, queue, clients, self._replace, start.bench
        )
        self._tell_what_was_left(queue)
        self._file = self._listen(bench_file.name, exits)

    def work(self) -> None:
        """Work until the station is to end; it waits for the guard of the process before."""
        if not wait_until_ended(self._start.after, GUARD_TIMEOUT_S):
            log.warning("The guard of the process before is still at work")
        self._work.work(replacing=bool(self._start.after))

    def _take_lock(self, exits: ExitStack) -> None:
        lock = lock_of(self._start.bench)
        try:
            lock.acquire(timeout=LOCK_TIMEOUT_S if self._start.after else 0)
        except Timeout as error:
            raise StationError(
                f"Another station has the bench {self._start.bench}: connect to that one."
            ) from error
        exits.callback(lock.release)

    def _listen(self, name: str, exits: ExitStack) -> StationFile:
        start, token = self._start, secrets.token_hex(32)
        listener, address = listen(new_socket_path(start.bench))
        commands = Commands(self._work, self._replace, self._keep)
        exits.callback(Server(listener, token, commands).close)
        file = StationFile(
            name=name,
            bench=start.bench,
            database=start.database,
            seed=start.seed,
            address=address,
            token=token,
            process=this_process(),
            started=datetime.now(UTC).isoformat(),
            end_unused_after_s=start.end_unused_after_s,
        )
        file.write()
        exits.callback(remove_files, file.path)
        return file

    def _keep(self) -> None:
        """Let the station stay until it is ended, also if nobody uses it."""
        self._work.clients.end_unused_after_s = None
        self._file = replace(self._file, end_unused_after_s=None)
        self._file.write()

    def _replace(self) -> None:
        """Put another process in the place of this one, or end it if the station is to end."""
        if not self._replacing.acquire(blocking=False):
            return
        log.warning("This process is replaced")
        if self._work.signals.ending:
            remove_files(self._file.path)
            psutil.Process().kill()  # its guard makes the bench safe
        replace_process(self._file)

    def _tell_what_was_left(self, queue: JobQueue) -> None:
        left = queue.left_under_way
        if left is not None:
            self._work.messages.add(
                "error",
                f"The process before this one ended during {with_article(left.new.protocol)}, "
                "which is interrupted: resume it if it is to go on.",
                event="guard",
            )
        if queue.jobs:
            left_over = counted(len(queue.jobs), "run")
            self._work.messages.add(
                "warning", f"The queue has {left_over} from before; it is held."
            )


def _bench_file(start: Start) -> BenchFile:
    bench_file = load_bench_file(start.bench)
    address = LabAddress.of_library(bench_file.visa_library)
    if start.seed is not None and address is None:
        raise StationError("A seed applies to a virtual bench only: leave it out.")
    if address is None or not address.may_hold_twin:
        return bench_file
    return bench_file.with_lab_options(database=start.database)
