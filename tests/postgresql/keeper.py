"""Keep a PostgreSQL cluster until another process ends: OWNER PROGRAMS FOLDER USER.

A program of its own, so that a killed pytest leaves no server behind.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from time import sleep
from typing import Any

import psutil

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # the tests kill processes, not computers
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "autovacuum": "off",
}


def main(owner: int, programs: Path, folder: Path, user: str) -> None:
    """Start the cluster, and return while a process of its own keeps it."""
    of_postgres, data = _as_owner(folder), folder / "data"
    control: list[str | Path] = [programs / "pg_ctl", "-D", data]
    initdb: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        user,
        "-A",
        "trust",
        "--no-sync",
    ]
    try:
        subprocess.run(
            [*initdb, "--locale=C", "--encoding=UTF8"], check=True, cwd=folder, **of_postgres
        )
        settings = {**SETTINGS, "unix_socket_directories": str(folder)}
        lines = (f"{name} = '{value}'\n" for name, value in settings.items())
        with (data / "postgresql.conf").open("a") as configuration:
            configuration.writelines(lines)
        start = [*control, "start", "-w", "-l", folder / "log"]
        subprocess.run(start, check=True, cwd=folder, **of_postgres)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if os.fork():
        return
    os.setsid()  # Ctrl-C is for pytest, which this follows
    try:
        _wait_for_the_end_of(owner)
    finally:
        stop = [*control, "stop", "-m", "immediate"]
        subprocess.run(stop, check=False, cwd=folder, **of_postgres)
        shutil.rmtree(folder, ignore_errors=True)


def _as_owner(folder: Path) -> dict[str, Any]:
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    found = folder.stat()
    return {"user": found.st_uid, "group": found.st_gid, "extra_groups": []}


def _wait_for_the_end_of(owner: int) -> None:
    try:
        process = psutil.Process(owner)
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            sleep(0.2)
    except psutil.NoSuchProcess:
        return


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
