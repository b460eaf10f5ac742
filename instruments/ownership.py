"""One process owns an instrument: a lock of the operating system, which ends with the process.

Each VISA address has a lock file in a folder that all users of the computer share. Whoever holds
the lock writes a Holder into it, for the sentence that a second program gets.
"""

import hashlib
import json
import os
import stat
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from .errors import BenchError

GUARD = "the guard"  # whoever opens a bench waits until its guard has made it safe
GUARD_TIMEOUT_S = 15.0
POLL_S = 0.1
RECORD_BYTES = 4096
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that has an instrument; `token` is drawn anew for every opening of a bench."""

    token: str
    bench: str
    pid: int
    since: str
    activity: str = ""

    @classmethod
    def of_this_process(cls, token: str, bench: str, activity: str = "") -> Self:
        return cls(
            token, bench[:LONGEST_NAME], os.getpid(), time.strftime("%Y-%m-%d %H:%M:%S"), activity
        )

    def __str__(self) -> str:
        who = f"{self.activity} of PID {self.pid}" if self.activity else f"PID {self.pid}"
        return f"{who}, since {self.since}"


class InUseError(BenchError):
    """Another process, or another bench of this one, has an instrument."""

    def __init__(self, message: str, path: Path, holder: Holder | None) -> None:
        super().__init__(message)
        self.path = path
        self.holder = holder


class InstrumentLock:
    """The lock file of one instrument; raises InUseError if it is held, BenchError if unusable."""

    def __init__(self, path: Path, holder: Holder) -> None:
        self._path = path
        self._holder = holder
        self._descriptor = -1
        self._lock = FileLock(
            path,
            timeout=0,
            mode=0o666,  # whoever uses the bench next may be another user
            thread_local=False,
            fallback_to_soft=False,
            on_acquired=self._write,
        )
        try:
            self._lock.acquire()
        except Timeout as error:
            found = read_holder(path)
            raise InUseError(f"in use by {found or 'another program'}", path, found) from error
        except OSError as error:
            raise BenchError(
                f"The lock file {path} cannot be used ({error.strerror}); if no program uses the "
                "bench, have it removed by its owner."
            ) from error

    def describe(self, activity: str) -> None:
        """Show what the holder is doing."""
        self._holder = replace(self._holder, activity=activity)
        with suppress(OSError):  # a full disk is no reason to end a run
            self._write(self._descriptor)

    def release(self) -> None:
        with suppress(OSError):  # only its owner may remove it; whoever opened it finds it removed
            self._path.unlink()
        self._lock.release()

    def _write(self, descriptor: int) -> None:
        self._descriptor = descriptor
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            raise OSError(0, "it is a link or no ordinary file")
        # The first byte is the one that Windows locks against reading. One write of a constant
        # length, so that no reader finds half of it.
        content = b"\n" + json.dumps(asdict(self._holder)).encode()
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, content.ljust(RECORD_BYTES))
        os.ftruncate(descriptor, RECORD_BYTES)


def read_holder(path: Path) -> Holder | None:
    """Return what the holder of a lock file wrote into it; None if that cannot be read."""
    try:
        with open(path, "rb", opener=_open_without_following) as file:
            file.seek(1)
            return Holder(**json.loads(file.read(RECORD_BYTES)))
    except (OSError, ValueError, TypeError):
        return None


def _open_without_following(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


class Ownership:
    """The locks of all instruments of a bench, held together."""

    def __init__(self, paths: Iterable[Path], holder: Holder) -> None:
        """Take the locks; raises BenchError, with none of them held, if one cannot be had."""
        self._locks: list[InstrumentLock] = []
        try:
            for path in sorted(set(paths)):
                self._locks.append(_patient_lock(path, holder))
        except InUseError as error:
            self.release()
            raise BenchError(_sentence(holder.bench, error.holder)) from error
        except BaseException:
            self.release()
            raise

    def describe(self, activity: str) -> None:
        """Show to other programs what the owner is doing."""
        for lock in self._locks:
            lock.describe(activity)

    def release(self) -> None:
        while self._locks:
            self._locks.pop().release()


def _patient_lock(path: Path, holder: Holder) -> InstrumentLock:
    deadline = time.monotonic() + GUARD_TIMEOUT_S
    while True:
        try:
            return InstrumentLock(path, holder)
        except InUseError as error:
            guarded = error.holder is not None and error.holder.activity == GUARD
            if not guarded or time.monotonic() > deadline:
                raise
        time.sleep(POLL_S)


def _sentence(bench: str, holder: Holder | None) -> str:
    if holder is not None and holder.pid == os.getpid():
        return (
            f"The bench {bench} is open in this process already, since {holder.since}; close it "
            "before opening it again."
        )
    who = str(holder or "another program")
    if holder is not None and holder.bench != bench:
        who += f" (bench {holder.bench})"
    return f"The bench {bench} is in use by {who}; wait until it has ended, or stop it."


def lock_file(instrument: str) -> Path:
    """Return the lock file of an instrument, for its address in a canonical form."""
    digest = hashlib.sha256(instrument.encode()).hexdigest()[:24]
    return shared_folder() / f"dwmtj-bench-{digest}.lock"


def shared_folder() -> Path:
    """Return the folder of the lock files, in which no user can replace the files of another."""
    if sys.platform == "win32":
        folder = Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "dwmtj"
        folder.mkdir(exist_ok=True)
        return folder
    for folder in (Path("/run/lock"), Path("/tmp")):  # noqa: S108 - sticky; names are no secret
        if _is_sticky_and_open(folder):
            return folder
    raise BenchError("Neither /run/lock nor /tmp is a folder for all users (mode 1777); mend it.")


def _is_sticky_and_open(folder: Path) -> bool:
    try:
        mode = folder.stat().st_mode
    except OSError:
        return False
    return bool(mode & stat.S_ISVTX and mode & stat.S_IWOTH)
