"""Files that are written completely or not at all."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from .errors import StoreError


class OutputFileError(StoreError):
    """A file that exists and may not be replaced, or that cannot be written."""


def check_overwrite(path: Path, *, overwrite: bool) -> None:
    """Raise OutputFileError if `path` exists, unless it is an ordinary file and `overwrite`.

    So it does where no file can come to be: in a folder that is a file, or not writable.
    """
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        _check_folder(path)
        return
    except OSError as error:
        raise _cannot_write(path, error) from error
    if not stat.S_ISREG(mode):
        raise OutputFileError(f"{path} is not an ordinary file and is kept: give another name.")
    if not overwrite:
        raise OutputFileError(f"{path} already exists; give another name, or --overwrite.")


def _check_folder(path: Path) -> None:
    """Raise OutputFileError unless the file's folder exists, or can be made."""
    folder = next(each for each in path.absolute().parents if os.path.lexists(each))
    if not folder.is_dir():
        raise OutputFileError(
            f"{path} cannot be written, as {folder} is not a folder: give another place."
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputFileError(f"The folder {folder} is not writable: give another place.")


@contextmanager
def atomic_write(path: Path, *, make_folder: bool = False, mode: int = 0o666) -> Iterator[Path]:
    """Yield the path of a draft beside `path`, which replaces it at the end of the block.

    If the block raises, `path` is left as it was and the draft is removed. A reader finds the old
    file or the new one, also after a power cut. A link at `path` is replaced, never followed.
    `mode` is that of a new file, less the umask.
    Raises OutputFileError in place of OSError, also for a missing folder unless `make_folder`.
    """
    try:
        if make_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        with draft_beside(path, mode) as draft:
            yield draft
            sync(draft)
            draft.replace(path)
            sync(path.parent)
    except OSError as error:
        raise _cannot_write(path, error) from error


@contextmanager
def draft_beside(path: Path, mode: int = 0o666) -> Iterator[Path]:
    """Yield an empty file beside `path`, with a name that nobody can foresee.

    It is removed at the end of the block, unless it was renamed. Raises OSError.
    """
    draft = path.with_name(f"{path.name}.{token_hex(8)}.part")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    try:
        yield draft
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Flush a file, or the entries of a folder, to the disk."""
    is_folder = path.is_dir()
    if is_folder and sys.platform == "win32":  # where a folder cannot be opened
        return
    descriptor = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot_write(path: Path, error: OSError) -> OutputFileError:
    return OutputFileError(f"{path} cannot be written ({error.strerror}): give another place.")
