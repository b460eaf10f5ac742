"""What the guard did, written down: a note about the run, and a log beside the lock files."""

import getpass
import json
import os
import stat
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from ..ownership import shared_folder
from .plan import RunUnderWay

SOURCE = "dwmtj.instruments.guard"


def record(message: str, run: RunUnderWay | None) -> None:
    """Append a message to the log, and to the notes about a run if one is under way."""
    time = datetime.now(UTC).isoformat()
    with suppress(OSError):  # a full disk must not keep the guard from its work
        _append(log_file(), f"{time} {message}")
    if run is not None:
        note = {
            "run": run.run,
            "attempt": run.attempt,
            "time": time,
            "source": SOURCE,
            "message": message,
            "status": None,
        }
        with suppress(OSError):
            _append(run.notes_file, json.dumps(note, ensure_ascii=False))


def log_file() -> Path:
    """Return the log of this user's guards."""
    return shared_folder() / f"dwmtj-guard-{getpass.getuser()}.log"


def _append(path: Path, line: str) -> None:
    """Append a line to an ordinary file, in one piece; links are not followed."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o644)
    try:
        found = os.fstat(descriptor)
        if stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
            os.write(descriptor, f"{line}\n".encode())
    finally:
        os.close(descriptor)
