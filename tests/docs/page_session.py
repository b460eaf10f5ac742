"""One reader's way down a page: its steps in order, in one folder, each in a process of its own.

A command starts at once, with nothing left in memory of those before it; see `fork_server`.
"""

import json
import re
import shlex
import socket
import sqlite3
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import psutil
import pytest

from dwmtj.tests.docs.pages import Step, steps
from dwmtj.tests.fork_server import run_forked

SETS_UP = re.compile(r"git clone |cd dwmtj$|(\.venv/bin/)?pip install |sudo |python3 make\.py ")
SERVER = "postgresql+psycopg://ada@db.lab/dwmtj"  # of the pages; a real one takes its place
SERVES = re.compile(r"dwmtj (serve|station watch)|dask ")
NEEDS_GPU = re.compile(r"--on cuda\b")
PORT = re.compile(r"(?<=:)8786\b|(?<=--port )8786\b")  # others may use it here, too
START_S = 60.0


class PageSession:
    """The steps of a page, run in order in a folder, with the servers they start."""

    def __init__(self, page: Path, folder: Path, images: Path, database: Callable[[], str]) -> None:
        self._steps = steps(page)
        self._folder = folder
        self._runtime = folder / ".runtime"
        self._runtime.mkdir(mode=0o700, exist_ok=True)
        self._environment = {
            "DWMTJ_DATA": str(images),
            "COLUMNS": "120",
            "XDG_RUNTIME_DIR": str(self._runtime),
            "XDG_STATE_HOME": str(folder / ".state"),
        }
        self._done = 0
        self._failed: Step | None = None
        self._script = ""
        self._servers: dict[Step, subprocess.Popen[str]] = {}
        self._port = str(free_port())
        self._database = cache(database)

    def run_to(self, step: Step) -> None:
        """Run the steps up to this one that were not run yet; skip after a step that failed."""
        while self._failed is None and self._done <= self._steps.index(step):
            current = self._steps[self._done]
            self._done += 1
            self._failed = current
            self._run(current)
            self._failed = None
        if self._failed is not None:
            pytest.skip(f"{self._failed}, before it on the page, failed")

    def finish(self) -> Path:
        """Run the steps to the last, and return the folder."""
        self.run_to(self._steps[-1])
        return self._folder

    def close(self) -> None:
        """Stop the servers and what is left of stations.

        Raises AssertionError if a server has ended by itself.
        """
        for station in self._runtime.glob("dwmtj/*.json"):
            psutil.Process(json.loads(station.read_text())["process"]["pid"]).kill()
        ended = [step for step, process in self._servers.items() if process.poll() is not None]
        for process in reversed(self._servers.values()):
            process.terminate()
            process.wait()
        assert not ended, f"ended by itself: {', '.join(map(str, ended))}"

    def _run(self, step: Step) -> None:
        if step.title is not None:
            (self._folder / step.title).write_text(step.text, encoding="utf-8")
        elif step.language == "sh":
            self._run_command(step)
        elif step.language == "python":
            self._script += step.text
            script = self._folder / f"{step.page.stem}-{step.line}.py"
            script.write_text(self._script, encoding="utf-8")
            self._succeed(step, [str(script)])
        elif step.language == "sql":
            with sqlite3.connect(self._folder / "lab.sqlite") as database:
                assert database.execute(step.text).fetchall()
        elif step.language == "toml":
            tomllib.loads(step.text)
        else:
            assert step.language == "text", f"{step}: nothing runs {step.language}"

    def _run_command(self, step: Step) -> None:
        if SETS_UP.match(step.text):
            return
        words = shlex.split(PORT.sub(self._port, step.text))
        if SERVER in words:
            words = [self._database() if word == SERVER else word for word in words]
        if SERVES.match(step.text):
            self._serve(step, words)
        elif NEEDS_GPU.search(step.text) and not has_gpu():
            code, output = self._call(words)
            assert code == 2 and "This PyTorch finds no GPU" in output, output
        else:
            self._succeed(step, words)

    def _succeed(self, step: Step, words: Sequence[str]) -> None:
        code, output = self._call(words)
        assert code == 0, f"{step.text}\n{output}"

    def _call(self, words: Sequence[str]) -> tuple[int, str]:
        """Run a command that begins with `dwmtj` or a script's path; return exit code, output."""
        if words[0] == "python3":
            words = words[1:]
        assert words[0] == "dwmtj" or words[0].endswith(".py"), words
        done = run_forked(self._folder, words, **self._environment)
        return done.returncode, done.stdout + done.stderr

    def _serve(self, step: Step, words: Sequence[str]) -> None:
        """Start a server and wait until it says something."""
        log = self._folder / f".server-{step.line}"
        with log.open("w") as written:
            process = subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=self._folder,
                stdout=written,
                stderr=subprocess.STDOUT,
                text=True,
            )
        self._servers[step] = process
        deadline_s = time.monotonic() + START_S
        while not log.read_text():
            assert process.poll() is None and time.monotonic() < deadline_s, f"{step} serves nobody"
            time.sleep(0.05)


@cache
def has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
