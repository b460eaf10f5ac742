import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dwmtj.cli import store
from dwmtj.cli.options import open_to_read
from dwmtj.cli.runs import app as runs
from dwmtj.storage import Status, Store, StoreError

SAMPLE = Path(__file__).parents[1] / "storage" / "databases" / "v1.sqlite"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    shutil.copy(SAMPLE, tmp_path / "lab.sqlite")
    return tmp_path / "lab.sqlite"


def test_a_database_is_upgraded_on_request_and_the_copy_named(old: Path) -> None:
    first = CliRunner().invoke(store.app, ["upgrade", "--database", str(old)])
    assert first.exit_code == 0
    assert f"{old} was upgraded from schema 1 to " in first.stdout
    assert f"{old.with_name('lab.v1-backup.sqlite')} is a copy from before." in first.stdout
    second = CliRunner().invoke(store.app, ["upgrade", "--database", str(old)])
    assert second.stdout == f"{old} already has the current schema.\n"


def test_a_missing_database_is_not_created_by_an_upgrade(tmp_path: Path) -> None:
    result = CliRunner().invoke(store.app, ["upgrade", "-d", str(tmp_path / "lab.sqlite")])
    assert isinstance(result.exception, StoreError)
    assert "There is no database" in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_commands_that_read_leave_an_older_database_as_it_is(old: Path) -> None:
    content = old.read_bytes()
    shown = CliRunner().invoke(runs.app, ["show", "1", "--database", str(old)])
    assert shown.exit_code == 0
    with open_to_read(str(old)) as opened:
        assert opened.runs()[0].status is Status.FINISHED
    assert old.read_bytes() == content


def test_the_warnings_of_a_run_are_shown_a_line_each(tmp_path: Path) -> None:
    database = tmp_path / "lab.sqlite"
    with Store.open(database) as opened:
        writer = opened.begin_run("reset", "straight-1", parameters={}, bench={})
        writer.warn("pyvisa", f"[bold]{'slow ' * 40}")
        writer.warn("RuntimeWarning", "The field drifts.")
        writer.finish(Status.FINISHED)
    shown = CliRunner().invoke(runs.app, ["show", "1", "--database", str(database)])
    first, second = shown.stdout.splitlines()[-2:]
    assert first.endswith(f"  pyvisa: [bold]{'slow ' * 40}")
    assert second.endswith("  RuntimeWarning: The field drifts.")
    as_json = CliRunner().invoke(runs.app, ["show", "1", "--json", "--database", str(database)])
    assert '"source": "RuntimeWarning"' in as_json.stdout
