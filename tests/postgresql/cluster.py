"""A PostgreSQL server for tests: a cluster of its own in a temporary folder, on a socket there.

One is started for a whole session, when a test first needs it, whichever process that runs in; its
keeper ends it when pytest does, however that comes.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from filelock import FileLock

USER = "dwmtj"
_KEEPER = Path(__file__).with_name("keeper.py")
_numbers = count()


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server that can be reached: by its socket in `folder`, as a superuser without password."""

    folder: Path

    def connect(self, database: str = "postgres") -> "psycopg.Connection[Any]":
        return psycopg.connect(host=str(self.folder), user=USER, dbname=database, autocommit=True)

    def new_database(self) -> str:
        """Return the URL of a schema of its own: as empty as a new database, made much faster."""
        schema = f"lab_{os.getpid()}_{next(_numbers)}"
        with self.connect() as connection:
            connection.execute(f'CREATE SCHEMA "{schema}"')
        options = quote(f"-csearch_path={schema}")
        return f"postgresql+psycopg://{USER}@/postgres?host={quote(str(self.folder))}&options={options}"

    def control(self, command: str) -> None:
        """Start, stop or restart the server as an operator would, cutting its connections."""
        program = [f"{programs()}/pg_ctl", command, "-D", f"{self.folder}/data", "-w"]
        how = [] if command == "start" else ["-m", "fast"]
        log = [] if command == "stop" else ["-l", f"{self.folder}/log"]
        subprocess.run(
            [*program, *how, *log],
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **as_owner(),
        )


@cache
def programs() -> Path | None:
    """Return the folder of initdb and postgres, None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max(
        (path.parent for path in versions), key=lambda path: int(path.parent.name), default=None
    )


def as_owner() -> dict[str, Any]:
    """Return how a process is started that PostgreSQL does not refuse, as it does root's."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def why_not() -> str:
    """Return why there can be no server here; empty if there can."""
    return "" if programs() else "PostgreSQL is not installed: apt-get install postgresql"


def shared_cluster(session: Path, controller: int) -> Cluster:
    """Return the cluster of a session of pytest, whose folder and main process these are."""
    with FileLock(session / "postgresql.lock"):
        note = session / "postgresql.json"
        if note.exists():
            return Cluster(Path(json.loads(note.read_text())))
        cluster = start_cluster(controller)
        note.write_text(json.dumps(str(cluster.folder)))
        return cluster


def start_cluster(owner: int) -> Cluster:
    """Start a cluster that ends with the process `owner`, and wait until it answers."""
    bin_folder = programs()
    assert bin_folder is not None
    folder = Path(tempfile.mkdtemp(prefix="dwmtj-postgresql-"))
    if as_owner():
        shutil.chown(folder, "postgres", "postgres")
    keep = [sys.executable, str(_KEEPER), str(owner), str(bin_folder), str(folder), USER]
    with tempfile.TemporaryFile() as printed:
        kept = subprocess.run(
            keep, check=False, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed
        )
        printed.seek(0)
        assert kept.returncode == 0, f"PostgreSQL does not start: {printed.read().decode()}"
    return Cluster(folder)
