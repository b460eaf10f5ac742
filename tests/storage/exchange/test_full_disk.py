"""An export onto a disk that fills up."""

import subprocess
import sys
from pathlib import Path

import pytest

from dwmtj.storage import Store
from dwmtj.tests.storage.exchange.nasty_run import measure_nasty_run

pytest.importorskip("resource", reason="no limit of a file's size on this system")

EXPORT = """
import resource, sys
from pathlib import Path
import dwmtj.storage.exchange.netcdf
from dwmtj.storage import Store, StoreError
with Store.open(sys.argv[1], read_only=True) as store:
    store.run(1)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    try:
        store.export_run(1, sys.argv[2])
    except StoreError as error:
        print(error)
"""


def test_an_export_that_runs_out_of_space_says_so_and_leaves_nothing(
    store: Store, tmp_path: Path
) -> None:
    """The limit of a file's size stands for the disk: its error comes from the same call."""
    measure_nasty_run(store)
    folder = tmp_path / "full"
    folder.mkdir()
    target = folder / "run.nc"
    command = [sys.executable, "-c", EXPORT, str(store.path), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{target} cannot be written (File too large): give another place." in done.stdout
    assert list(folder.iterdir()) == []
