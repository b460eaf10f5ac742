"""What a user sees of a run that fails, and of an archive that may only be read."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dwmtj.cli.models import app as models
from dwmtj.cli.options import open_to_read
from dwmtj.storage import Status, Store, StoreError
from dwmtj.tests.fork_server import run_forked

NOBODY = 65534
DYING = """
import sys
from dwmtj.cli import app
from dwmtj.instruments import Bench, BenchError
from dwmtj.instruments.limits import LimitedMagnet
from dwmtj.protocols.measurement_sequence import MeasurementSequence

alive, make_safe = {alive}, LimitedMagnet.make_safe

def dead(*_):
    raise BenchError("The magnet does not answer: is it on?")

def dying(magnet):
    global alive
    alive -= 1
    return make_safe(magnet) if alive >= 0 else dead()

LimitedMagnet.make_safe = dying
Bench._make_safe_anew = dead
if not alive:
    MeasurementSequence.set_field = dead
sys.argv = ["dwmtj", "run", "saturate"]
app.main()
"""


@pytest.mark.parametrize(
    ("alive", "status", "told"),
    [
        (
            0,
            Status.FAILED,
            "error: The magnet does not answer: is it on?\n"
            "Not everything could be made safe; switch it off by hand: The magnet does not answer: "
            "is it on?\n"
            "Run 1 failed; 0 points are stored. Resume it with: dwmtj run saturate --resume 1\n",
        ),
        (
            1,
            Status.FINISHED,
            "error: Not everything could be made safe; switch it off by hand: The magnet does not "
            "answer: is it on?\n",
        ),
    ],
    ids=["during the run", "when the bench is closed"],
)
def test_an_instrument_that_dies_is_told_once_without_a_traceback_and_ends_with_1(
    tmp_path: Path, alive: int, status: Status, told: str
) -> None:
    script = tmp_path / "dying.py"
    script.write_text(DYING.format(alive=alive))
    result = run_forked(tmp_path, [script], DWMTJ_DATABASE="lab.sqlite")
    assert result.returncode == 1, result.stderr
    assert result.stderr.endswith(told)
    assert result.stderr.count("error: ") == 1
    assert "Traceback" not in result.stderr
    with Store.open(tmp_path / "lab.sqlite") as store:
        assert store.runs()[0].status is status


if sys.platform != "win32":  # where a folder is never read-only

    def test_an_archive_in_a_folder_that_may_not_be_written_to_can_be_listed() -> None:
        folder = Path(tempfile.mkdtemp())  # anybody can reach it, unlike tmp_path
        try:
            database = folder / "lab.sqlite"
            with Store.open(database) as store:
                store.begin_run("reset", "d", parameters={}, bench={}).finish(Status.FINISHED)
                store.add_calibration("A3", "d", [1], {})
            folder.chmod(0o555)
            root = os.geteuid() == 0
            if root:  # who may write everywhere
                os.seteuid(NOBODY)
            try:
                with open_to_read(str(database)) as store:
                    assert [run.status for run in store.runs()] == [Status.FINISHED]
                    with pytest.raises(StoreError, match="is read-only"):
                        store.begin_run("reset", "d", parameters={}, bench={})
                listed = CliRunner().invoke(models.app, ["list", "--json", "-d", str(database)])
                assert [entry["name"] for entry in json.loads(listed.stdout)] == ["A3"]
            finally:
                if root:
                    os.seteuid(0)
        finally:
            folder.chmod(0o755)
            shutil.rmtree(folder)


def test_a_run_that_lost_its_process_is_marked_where_that_can_be_written(tmp_path: Path) -> None:
    database = tmp_path / "lab.sqlite"
    lost = (
        "from dwmtj.storage import Store; "
        f"Store.open({str(database)!r}).begin_run('reset', 'd', parameters={{}}, bench={{}})"
    )
    subprocess.run([sys.executable, "-c", lost], check=True)
    with open_to_read(str(database)) as store:
        store.runs()
    with Store.open(database) as store, store._database.engine.connect() as connection:
        status = connection.exec_driver_sql("SELECT status FROM runs").scalar_one()
    assert status == Status.INTERRUPTED
