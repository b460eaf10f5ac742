"""Processes forked from one that has imported the project (where the system can fork).

A command starts at once in one, with nothing left in memory of those before it; imports alone
cost a process of its own seconds.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
COMMAND = HERE / "forked_command.py"
ROOMS = ("analysis", "cli", "instruments", "protocols", "simulators", "station", "storage")


def run_forked(
    folder: Path, words: Sequence[str | Path], **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run `dwmtj` or a Python script, by its path, with arguments in the folder.

    No database is named, unless these variables of the environment name one.
    """
    with TemporaryDirectory() as printed:
        process = start_command(folder, words, Path(printed), **environment)
        try:
            process.join()
        finally:
            process.kill()
        assert process.exitcode is not None
        told = [(Path(printed) / name).read_text("utf-8") for name in ("output", "errors")]
        return subprocess.CompletedProcess(words, process.exitcode, *told)


def start_command(
    folder: Path, words: Sequence[str | Path], printed: Path, **environment: str
) -> BaseProcess:
    """Start what `run_forked` runs; it writes to `output` and `errors` in the folder `printed`."""
    ours = {name: value for name, value in os.environ.items() if name != "DWMTJ_DATABASE"}
    given = {
        "ARGUMENTS": [str(word) for word in words],
        "FOLDER": str(folder),
        "ENVIRONMENT": {**ours, **environment},
        "OUTPUT": str(printed / "output"),
        "ERRORS": str(printed / "errors"),
    }
    return start(COMMAND, given)


def start(script: Path, given: Mapping[str, object]) -> BaseProcess:
    """Start a script with these globals in a process of its own."""
    target = runpy.run_path  # found by any process, wherever these tests are
    arguments = (str(script), dict(given))
    process: BaseProcess
    if sys.platform == "win32":
        process = multiprocessing.get_context("spawn").Process(target=target, args=arguments)
    else:
        forked = multiprocessing.get_context("forkserver")
        forked.set_forkserver_preload(PRELOADED)
        process = forked.Process(target=target, args=arguments)
    process.start()
    return process


def project_modules() -> list[str]:
    """Return the modules of all rooms."""
    root = HERE.parent
    files = (path for room in ROOMS for path in sorted((root / room).rglob("[!_]*.py")))
    return [".".join(("dwmtj", *path.relative_to(root).with_suffix("").parts)) for path in files]


LIBRARIES = (  # imported where they are used, or by one that is
    "PIL.PngImagePlugin",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "sklearn.mixture",
)
PRELOADED = [*project_modules(), *LIBRARIES, "dwmtj.tests.warm_up"]
