"""Stores with a run what is warned of while it is under way."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TextIO

from .writer import RunWriter

LOGGERS = ("dwmtj", "pymeasure", "pyvisa")


@contextmanager
def store_warnings(writer: RunWriter) -> Iterator[None]:
    """Store Python warnings and log records of level WARNING and above with an attempt at a run.

    They are shown and logged as before. Records are those of LOGGERS and the loggers below them.
    """
    with ExitStack() as stack:
        handler = _RunHandler(writer)
        for name in LOGGERS:
            stack.enter_context(_handled(logging.getLogger(name), handler))
        stack.enter_context(_stored_python_warnings(writer))
        yield


class _RunHandler(logging.Handler):
    def __init__(self, writer: RunWriter) -> None:
        super().__init__(logging.WARNING)
        self._writer = writer

    def emit(self, record: logging.LogRecord) -> None:
        try:
            message = record.getMessage()
            error = record.exc_info[1] if record.exc_info else None
            if error is not None:
                message = f"{message}: {error or type(error).__name__}"
            time = datetime.fromtimestamp(record.created, UTC)
            self._writer.warn(record.name, message, time)
        except Exception:
            self.handleError(record)


@contextmanager
def _handled(logger: logging.Logger, handler: logging.Handler) -> Iterator[None]:
    # Python prints warnings of loggers without any handler; it would not with this one.
    added = [handler]
    if not logger.hasHandlers() and logging.lastResort is not None:
        added.append(logging.lastResort)
    for each in added:
        logger.addHandler(each)
    try:
        yield
    finally:
        for each in added:
            logger.removeHandler(each)


@contextmanager
def _stored_python_warnings(writer: RunWriter) -> Iterator[None]:
    # Entering also forgets which warnings were shown: each run has those of its own.
    with warnings.catch_warnings():
        show = warnings.showwarning

        def store_and_show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            writer.warn(category.__name__, str(message))
            show(message, category, filename, lineno, file, line)

        warnings.showwarning = store_and_show
        yield
