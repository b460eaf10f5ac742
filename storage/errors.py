"""Errors of the database, translated into sentences that say what to do."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import DBAPIError, StatementError

from ..errors import DwmtjError


class StoreError(DwmtjError):
    """A fault in a database, or in what was to be written to it or read from it."""


class ImportFileError(StoreError):
    """A fault in a file to be imported, or in how its columns are mapped."""


@contextmanager
def errors_of(place: object) -> Iterator[None]:
    """Raise StoreError in place of the errors of SQLAlchemy and the drivers about a database."""
    try:
        yield
    except StatementError as error:
        is_value = not isinstance(error, DBAPIError)
        raise StoreError(_sentence(place, error.orig, is_value=is_value)) from error
    except _driver_errors() as error:
        raise StoreError(_sentence(place, error)) from error
    except OverflowError as error:
        raise StoreError(
            f"{place} holds no number of more than 64 bits: give a smaller one."
        ) from error
    except UnicodeEncodeError as error:
        raise StoreError(f"A text for {place} is not valid Unicode: write it in UTF-8.") from error


def _errors_of_psycopg() -> tuple[type[Exception], ...]:
    """Return the family of psycopg's errors, if it is in use."""
    psycopg: Any = sys.modules.get("psycopg")
    return () if psycopg is None else (psycopg.Error,)


def _driver_errors() -> tuple[type[Exception], ...]:
    return sqlite3.Error, *_errors_of_psycopg()


def _sentence(place: object, cause: BaseException | None, *, is_value: bool = False) -> str:
    if not is_value and isinstance(cause, _errors_of_psycopg()):
        from .engines.postgresql.errors import sentence_on

        return sentence_on(place, cause)
    if is_value or isinstance(cause, _VALUE_ERRORS):
        return (
            f"A value cannot be stored in {place} ({cause}): "
            "give plain numbers, texts, lists and dictionaries."
        )
    # The name of an extended code, SQLITE_READONLY_DBMOVED, begins with that of its primary code.
    code = getattr(cause, "sqlite_errorname", "")
    for primary_code, sentence in _SENTENCES.items():
        if code.startswith(primary_code):
            return sentence.format(path=place)
    return f"{place} could not be used ({cause}): check the disk and the file."


_VALUE_ERRORS = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError)
_SENTENCES = {
    "SQLITE_NOTADB": (
        "{path} is not a database: give another file with --database or DWMTJ_DATABASE."
    ),
    "SQLITE_CORRUPT": (
        "{path} is damaged: keep a copy, then recover what is left with sqlite3's .recover."
    ),
    "SQLITE_BUSY": (
        "{path} is locked by another program: close what holds it open for writing and try again."
    ),
    "SQLITE_READONLY": (
        "{path} is read-only, or its folder is: allow writing to both, or use another database."
    ),
    "SQLITE_CANTOPEN": (
        "{path} cannot be opened: allow reading and writing of the file and of its folder."
    ),
    "SQLITE_FULL": "The disk is full and {path} cannot grow: free some space and resume the run.",
    "SQLITE_IOERR": "{path} cannot be read or written by the disk: check the disk and the network.",
}
