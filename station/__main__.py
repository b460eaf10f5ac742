"""`python -m dwmtj.station START`: the process of a station.

It prints one line of JSON once it can be reached, or with the sentence why it cannot be started.
"""

import json
import logging
import os
import sys
from contextlib import ExitStack, suppress
from typing import TextIO

from ..errors import DwmtjError
from .log_file import log_to
from .process import StationProcess
from .replacement import Start
from .station_file import path_of

log = logging.getLogger(__name__)


def main() -> int:
    start = Start.decode(sys.argv[1])
    told = os.fdopen(os.dup(1), "w")
    with ExitStack() as exits:
        try:
            log_to(path_of(start.bench, ".log"))
            process = StationProcess(start, exits)
        except DwmtjError as error:
            _tell(told, error=str(error))
            return 2
        _tell(told, ready=True)
        try:
            process.work()
        except BaseException:
            log.exception("The station ended unexpectedly")
            raise
    return 0


def _tell(told: TextIO, **content: object) -> None:
    """Tell whoever started the station, if it still waits."""
    with suppress(OSError), told:
        told.write(json.dumps(content) + "\n")


sys.exit(main())
