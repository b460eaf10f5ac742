"""The log of a station, beside its file: bounded, and with what libraries print."""

import faulthandler
import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

PACKAGE = __name__.partition(".")[0]
LARGEST = 1_000_000  # bytes, of the file and of the one before it


def log_to(path: Path) -> None:
    """Write the log of this process, and all that it prints, to a file from now on."""
    handler = RotatingFileHandler(path, maxBytes=LARGEST, backupCount=1, encoding="utf-8")
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(process)d %(threadName)s %(levelname)s %(message)s")
    )
    if path.stat().st_size > LARGEST:  # printed by a library
        handler.doRollover()
    logger = logging.getLogger(PACKAGE)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    printed = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for stream in (1, 2):
        os.dup2(printed, stream)
    os.close(printed)
    faulthandler.enable(sys.__stderr__ or 2)
