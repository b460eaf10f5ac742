"""What the rooms log: from which level on, and where to.

`-v` shows INFO and `-vv` DEBUG on stderr, above the progress bar. DWMTJ_LOG is a level, a file, or
LEVEL:FILE; a file is appended to, from DEBUG on unless a level is given. Warnings are always shown.
"""

import logging
import os
import re
from copy import copy
from pathlib import Path
from typing import NamedTuple

from ..errors import DwmtjError
from .console import print_message

VARIABLE = "DWMTJ_LOG"
PACKAGE = __name__.partition(".")[0]
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class LogSetting(NamedTuple):
    """DWMTJ_LOG, read: the level asked for, if any, and the file, if any."""

    level: int | None
    file: Path | None


def log_setting(text: str) -> LogSetting:
    """Read LEVEL, FILE or LEVEL:FILE; raises DwmtjError for what is neither."""
    text = text.strip()
    first, _, rest = text.partition(":")
    level = logging.getLevelNamesMapping()[first.upper()] if first.upper() in LEVELS else None
    file = text if level is None else rest.strip()
    if level is None and file and not re.search(r"[./\\]", file):
        raise DwmtjError(
            f"{VARIABLE} is {text!r}: write a level ({', '.join(LEVELS)}), a file such as "
            "dwmtj.log, or both, such as INFO:dwmtj.log."
        )
    return LogSetting(level, Path(file).expanduser() if file else None)


def configure_logging(verbose: int = 0) -> None:
    """Show and write what is logged, as -v and DWMTJ_LOG ask.

    Raises DwmtjError if DWMTJ_LOG cannot be read, or its file not be written.
    """
    wanted = log_setting(os.environ.get(VARIABLE, ""))
    shown = logging.WARNING if wanted.level is None or wanted.file else wanted.level
    if verbose:
        shown = logging.INFO if verbose == 1 else logging.DEBUG
    handlers: list[logging.Handler] = [ConsoleHandler(shown)]
    if wanted.file is not None:
        handlers.append(_open(wanted.file, wanted.level or logging.DEBUG))
    _replace_handlers(logging.getLogger(PACKAGE), handlers)


class ConsoleHandler(logging.Handler):
    """Prints records on stderr, above a progress bar; below INFO with the traceback, if any.

    From WARNING on, what comes with a traceback is not shown: it is an error that the command ends
    with, or notes, in a sentence.
    """

    def __init__(self, level: int) -> None:
        super().__init__(level)
        if level < logging.WARNING:
            pattern = "%(asctime)s.%(msecs)03d %(levelname)s %(name)s: %(message)s"
            self.setFormatter(logging.Formatter(pattern, datefmt="%H:%M:%S"))

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and self.level >= logging.INFO:
            if self.level >= logging.WARNING:
                return
            record = copy(record)
            record.exc_info = record.exc_text = None
        try:
            print_message(self.format(record))
        except Exception:
            self.handleError(record)


class LogFile(logging.FileHandler):
    """A log file; when it can no longer be written, one sentence says so and it ends."""

    def handleError(self, _record: logging.LogRecord) -> None:
        logging.getLogger(PACKAGE).removeHandler(self)
        print_message(f"The log {self.baseFilename} ends here: it cannot be written.")
        self.setLevel(logging.CRITICAL + 1)


def _open(file: Path, level: int) -> LogFile:
    try:
        handler = LogFile(file, encoding="utf-8")
    except OSError as error:
        raise DwmtjError(
            f"The log {file} cannot be written ({error.strerror}): correct {VARIABLE}."
        ) from error
    handler.setLevel(level)
    handler.setFormatter(
        logging.Formatter(
            "%(asctime)s %(process)d %(threadName)s %(levelname)s %(name)s: %(message)s"
        )
    )
    return handler


def _replace_handlers(logger: logging.Logger, handlers: list[logging.Handler]) -> None:
    for handler in list(logger.handlers):
        if isinstance(handler, ConsoleHandler | LogFile):
            logger.removeHandler(handler)
            handler.close()
    for handler in handlers:
        logger.addHandler(handler)
    # Warnings are made in any case: a run stores them.
    logger.setLevel(min(logging.WARNING, *(handler.level for handler in handlers)))
