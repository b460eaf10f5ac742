"""The side file of a database: what could not be stored in it, until it is opened again.

`lab.sqlite-notes` beside `lab.sqlite`, or the file of a server on this computer, has a JSON object
per line. Any process may append one; the next opening for writing stores each as a warning of its
run, and its status as that of the run if the run is not known to have ended.
"""

import json
import logging
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..location import Place, side_file
from ..schema import Run, RunWarning, Status

log = logging.getLogger(__name__)

SUFFIX = "-notes"
LARGEST = 2**63  # beyond what SQLite holds
OPEN = (Status.RUNNING, Status.INTERRUPTED)  # what a run is whose end was not stored


@dataclass(frozen=True, slots=True)
class Note:
    """A line of the side file; `status` is None if it is not the end of the run."""

    run: int
    attempt: int
    time: datetime  # written in UTC
    source: str
    message: str
    status: Status | None = None


def notes_file(database: Place) -> Path:
    """Return the path of the side file of a database."""
    return side_file(database, SUFFIX)


def append_note(database: Place, note: Note) -> None:
    """Append a note and flush it to the disk; raises OSError."""
    values = {**asdict(note), "time": note.time.astimezone(UTC).isoformat()}
    line = json.dumps(values).encode() + b"\n"
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(notes_file(database), flags, 0o666)
    try:
        os.write(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def has_notes(database: Place) -> bool:
    """Return True if there is a side file, or one that a killed process has claimed."""
    return notes_file(database).exists() or bool(_claimed(database))


def claim_notes(database: Place) -> list[Path]:
    """Rename the side file, so that what is appended meanwhile is not lost; return the new name.

    Files that a process claimed and did not remove, because it was killed, are returned, too.
    """
    side = notes_file(database)
    with suppress(FileNotFoundError):
        side.rename(f"{side}-{uuid4().hex}")
    return _claimed(database)


def store_notes(session: Session, claimed: Path) -> int:
    """Store the notes of a claimed file and return its size; a line that cannot be is logged.

    What is stored already, by a process that was killed before it removed the file, is left out.
    """
    content = claimed.read_bytes()
    for line in content.splitlines():
        note = _parse(line)
        run = None if note is None else session.get(Run, note.run)
        if note is None or run is None:
            log.warning("A note in %s cannot be stored: %s", claimed, line.decode(errors="replace"))
            continue
        _store(session, run, note)
    return len(content)


def _store(session: Session, run: Run, note: Note) -> None:
    message = note.message or f"The run ended ({note.status}) while nothing could be stored."
    warning = {
        "run_id": note.run,
        "attempt": note.attempt,
        "time": note.time,
        "source": note.source,
        "message": message,
    }
    if session.scalar(select(RunWarning.id).filter_by(**warning)) is not None:
        return
    session.add(RunWarning(**warning))
    if (
        note.status not in {None, Status.RUNNING}
        and note.attempt == run.attempt
        and run.status in OPEN
    ):
        run.status = note.status
        run.message = note.message or None
        run.finished = note.time


def _parse(line: bytes) -> Note | None:
    try:
        given = json.loads(line)
        note = Note(
            run=int(given["run"]),
            attempt=int(given["attempt"]),
            time=datetime.fromisoformat(given["time"]).astimezone(UTC),
            source=encodable(given["source"]),
            message=encodable(given["message"]),
            status=None if given["status"] is None else Status(given["status"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None
    return note if max(abs(note.run), abs(note.attempt)) < LARGEST else None


def _claimed(database: Place) -> list[Path]:
    side = notes_file(database)
    return sorted(side.parent.glob(f"{escape(side.name)}-*"))


def encodable(text: str) -> str:
    """Return text that every database holds: lone surrogates and NUL characters escaped."""
    return text.encode(errors="backslashreplace").decode().replace("\0", r"\x00")
