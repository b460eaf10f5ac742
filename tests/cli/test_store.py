import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer import Typer
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


def test_runs_move_between_databases_and_files_and_arrive_once(tmp_path: Path) -> None:
    lab = shutil.copy(SAMPLE.with_name("v6.sqlite"), tmp_path / "lab.sqlite")
    new, file = tmp_path / "new.sqlite", tmp_path / "run1.parquet"

    def call(app: Typer, *words: object) -> str:
        result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return " ".join(result.stdout.split())

    call(runs.app, "export", 1, "-o", file, "-d", lab)
    assert "a run of dwmtj" in call(runs.app, "import", file, "--show", "-d", new)
    assert not new.exists()
    assert "run 1: imported into" in call(runs.app, "import", file, "-d", new)
    assert "already holds this run: run 1" in call(runs.app, "import", file, "-d", new)
    assert "3 runs copied, 1 already there, 1 model, 2 results." in call(
        store.app, "copy", lab, new
    )
    assert "is copied to" in call(store.app, "backup", tmp_path / "copy.sqlite", "-d", new)
    assert call(store.app, "check", "-d", tmp_path / "copy.sqlite").endswith("copy.sqlite: sound.")


def test_a_check_that_finds_a_problem_and_a_copy_that_keeps_another_run_exit_with_1(
    tmp_path: Path,
) -> None:
    lab, new = (
        shutil.copy(SAMPLE.with_name("v6.sqlite"), tmp_path / name) for name in ("a.db", "b.db")
    )
    with closing(sqlite3.connect(lab)) as raw, raw:
        raw.execute("DELETE FROM points WHERE run_id = 1 AND point = 7")
    checked = CliRunner().invoke(store.app, ["check", "-d", str(lab)])
    assert checked.exit_code == 1
    assert "problem: Run 1 has 215 points, numbered from 0 to 215." in checked.stdout
    assert "a.db: 1 problem." in " ".join(checked.stdout.split())
    copied = CliRunner().invoke(store.app, ["copy", str(lab), str(new)])
    assert copied.exit_code == 1
    assert "further on in the target, and kept there: run 1;" in copied.stdout


def test_a_file_that_is_refused_makes_no_database(tmp_path: Path) -> None:
    lab = shutil.copy(SAMPLE.with_name("v6.sqlite"), tmp_path / "lab.sqlite")
    new, file = tmp_path / "new.sqlite", tmp_path / "run1.csv"
    with Store.open(lab) as opened:
        opened.export_run(1, file)
    metadata = file.with_name("run1.csv-metadata.json").rename(tmp_path / "away.json")
    refused = CliRunner().invoke(runs.app, ["import", str(file), "-d", str(new)])
    assert "put run1.csv-metadata.json beside it" in str(refused.exception)
    metadata.rename(tmp_path / "run1.csv-metadata.json")
    file.write_text(file.read_text().replace("1,write", "1,reset", 1))
    refused = CliRunner().invoke(runs.app, ["import", str(file), "-d", str(new)])
    assert "does not hold what was exported" in str(refused.exception)
    assert not new.exists()


def test_an_imported_run_that_was_deleted_is_said_to_be_not_listed(tmp_path: Path) -> None:
    lab = shutil.copy(SAMPLE.with_name("v6.sqlite"), tmp_path / "lab.sqlite")
    file, new = tmp_path / "run1.parquet", tmp_path / "new.sqlite"
    with Store.open(lab) as opened:
        opened.delete_runs([1])
        opened.export_run(1, file)
    done = CliRunner().invoke(runs.app, ["import", str(file), "-d", str(new)])
    assert done.exit_code == 0
    assert "is not listed: Store.restore_runs([1]) puts it" in " ".join(done.stdout.split())


def test_a_check_that_is_interrupted_ends_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_store: Store) -> None:
        raise KeyboardInterrupt

    with Store.open(tmp_path / "lab.sqlite"):
        monkeypatch.setattr(Store, "check", interrupted)
    result = CliRunner().invoke(store.app, ["check", "-d", str(tmp_path / "lab.sqlite")])
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "Interrupted: the check is incomplete."
