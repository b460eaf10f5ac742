"""The file by which clients find a running station: its process, its address and a token.

The files lie in a folder that only the user can enter, and so do the socket and the log. Links are
not followed. What is left of a station whose process has ended is removed by whoever finds it.
"""

import hashlib
import json
import os
import re
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from ..storage.output_file import atomic_write
from ..storage.owner import Owner
from .errors import StationError

LARGEST_FILE = 1 << 16
LONGEST_SLUG = 24  # a path of a socket holds about 100 characters


@dataclass(frozen=True, slots=True)
class StationFile:
    """A station; `successor` is the process that replaces the one named here.

    It ends `end_unused_after_s` after its last use, or stays if that is None.
    """

    name: str
    bench: str
    database: str
    seed: int | None
    address: str
    token: str
    process: Owner
    started: str
    successor: Owner | None = None
    end_unused_after_s: float | None = None

    @property
    def path(self) -> Path:
        return path_of(self.bench, ".json")

    def write(self) -> None:
        """Write the file, which only the user can read; raises OutputFileError."""
        with atomic_write(self.path, mode=0o600) as draft:
            draft.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Return the station of a file, None if there is none."""
        with suppress(OSError, ValueError, TypeError, KeyError):
            content: dict[str, Any] = json.loads(_read_own_file(path))
            for name in ("process", "successor"):
                content[name] = content[name] and Owner(**content[name])
            return cls(**content)
        return None

    @property
    def is_dead(self) -> bool:
        """True if its process has ended, and its successor, if there is one, as well."""
        successor = self.successor
        return self.process.is_dead() and (successor is None or successor.is_dead())


def running_stations() -> list[StationFile]:
    """Return the stations of this user, by name; files of dead processes are removed."""
    return sorted(_running(), key=lambda each: (each.name, each.bench))


def station_of(bench: str) -> StationFile | None:
    """Return the running station of a bench, None if there is none."""
    found = StationFile.read(path_of(bench, ".json"))
    return None if found is None or found.is_dead else found


def lock_of(bench: str) -> FileLock:
    """Return the lock that the station of a bench holds as long as it lives."""
    return FileLock(path_of(bench, ".lock"), mode=0o600, thread_local=False)


def path_of(bench: str, suffix: str) -> Path:
    """Return a file of the station of a bench: its path, or the name of a built-in one."""
    slug = re.sub(r"[^A-Za-z0-9]+", "-", Path(bench).stem).strip("-")[:LONGEST_SLUG]
    digest = hashlib.sha256(bench.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return folder() / f"{slug}-{digest}{suffix}"


def new_socket_path(bench: str) -> Path:
    """Return the path of this process's socket, those of the processes before it removed."""
    path = path_of(bench, f"-{os.getpid()}.sock")
    _remove_sockets(path_of(bench, ".json"))
    return path


def remove_files(path: Path) -> None:
    """Remove the file of a station and its socket."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
    _remove_sockets(path)


def folder() -> Path:
    """Return the folder of this user's stations; raises StationError if it is not private."""
    path = _place()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise StationError(
            f"The folder {path} for the files of stations cannot be made ({error.strerror}); set "
            "XDG_RUNTIME_DIR to a folder of yours."
        ) from error
    if sys.platform != "win32" and (
        not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077
    ):
        raise StationError(
            f"{path}, the folder for the files of stations, is not a folder that only you can "
            "enter: remove it, or set XDG_RUNTIME_DIR to a folder of yours."
        )
    return path


def _place() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", tempfile.gettempdir())) / "dwmtj" / "stations"
    of_user = os.environ.get("XDG_RUNTIME_DIR")
    if of_user and Path(of_user).is_dir():
        return Path(of_user) / "dwmtj"
    return Path(tempfile.gettempdir()) / f"dwmtj-{os.getuid()}"


def _running() -> Iterator[StationFile]:
    for path in folder().glob("*.json"):
        found = StationFile.read(path)
        if found is None or found.is_dead:
            _remove_left_behind(path)
        else:
            yield found


def _remove_left_behind(path: Path) -> None:
    """Remove the file of a dead station, unless a new one is about to write its own."""
    lock = FileLock(path.with_suffix(".lock"), timeout=0, mode=0o600)
    with suppress(Timeout, OSError), lock:
        found = StationFile.read(path)
        if found is None or found.is_dead:
            remove_files(path)


def _remove_sockets(path: Path) -> None:
    for each in path.parent.glob(f"{path.stem}-*.sock"):
        with suppress(OSError):
            each.unlink()


def _read_own_file(path: Path) -> bytes:
    """Return the content of an ordinary file of this user; raises OSError or ValueError."""
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(path, "rb", opener=lambda name, mode: os.open(name, mode | flags)) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise ValueError("no ordinary file")
        if sys.platform != "win32" and found.st_uid != os.getuid():
            raise ValueError("a file of another user")
        return file.read(LARGEST_FILE)
