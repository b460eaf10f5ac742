import logging
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest

from dwmtj.storage import Status, Store, StoreError
from dwmtj.storage.migrations import upgrade
from dwmtj.storage.migrations.upgrade import upgrade_database
from dwmtj.storage.owner import Owner, this_process
from dwmtj.storage.schema import SCHEMA_VERSION
from dwmtj.tests.storage.test_samples import SAMPLES, tables, with_added_columns

HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HERE)}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database of version 1."""
    shutil.copy(SAMPLES / "v1.sqlite", tmp_path / "lab.sqlite")
    return tmp_path / "lab.sqlite"


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return int(raw.execute("PRAGMA user_version").fetchone()[0])


def carried_out_by(path: Path, owner: Owner) -> None:
    """Make run 4 look as if that process carried it out."""
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(
            "UPDATE runs SET status = 'running', host = ?, pid = ?, process_started = ? "
            "WHERE id = 4",
            (owner.host, owner.pid, owner.process_started),
        )


@contextmanager
def process(*arguments: object) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def test_opening_upgrades_keeps_a_copy_and_logs_one_line_that_names_it(
    old: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = tables(old)
    for _ in range(2):
        Store.open(old).close()
    copy = old.with_name("lab.v1-backup.sqlite")
    assert (version_of(old), version_of(copy)) == (SCHEMA_VERSION, 1)
    assert tables(copy) == before
    logged = [record for record in caplog.records if record.name.startswith("dwmtj.storage")]
    assert [(record.levelno, record.message) for record in logged] == [
        (
            logging.WARNING,
            f"{old} was upgraded from schema 1 to {SCHEMA_VERSION}; {copy} is a copy from before.",
        )
    ]
    assert sorted(path.name for path in old.parent.iterdir()) == [old.name, copy.name]


def test_an_existing_copy_is_never_overwritten(old: Path) -> None:
    taken = [old.with_name("lab.v1-backup.sqlite"), old.with_name("lab.v1-backup-2.sqlite")]
    for path in taken:
        path.write_text("mine")
    done = upgrade_database(old)
    assert done is not None
    assert done.backup.name == "lab.v1-backup-3.sqlite"
    assert version_of(done.backup) == 1
    assert [path.read_text() for path in taken] == ["mine", "mine"]


def test_a_current_database_is_not_touched(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / f"v{SCHEMA_VERSION}.sqlite", tmp_path / "lab.sqlite")
    content = (tmp_path / "lab.sqlite").read_bytes()
    assert upgrade_database(tmp_path / "lab.sqlite") is None
    assert (tmp_path / "lab.sqlite").read_bytes() == content
    assert len(list(tmp_path.iterdir())) == 1


def test_an_older_database_is_read_without_changing_it(old: Path) -> None:
    content = old.read_bytes()
    with Store.open(old, read_only=True) as store:
        assert store.run(1).warnings == ()
        assert len(store.points(1)) == 216
    assert old.read_bytes() == content
    with pytest.raises(StoreError, match=r"has schema 1, .*: upgrade it with dwmtj store upgrade"):
        Store.open(old, upgrade=False)
    assert old.read_bytes() == content


def test_an_upgrade_is_refused_while_a_process_carries_out_a_run(old: Path) -> None:
    with process("-c", "input()") as child:
        started = psutil.Process(child.pid).create_time()
        carried_out_by(old, Owner(this_process().host, child.pid, started))
        before = tables(old)
        refusal = f"cannot be upgraded while run 4 is under way in process {child.pid} on .*: wait"
        with pytest.raises(StoreError, match=refusal):
            Store.open(old)
        with pytest.raises(StoreError, match=refusal):
            upgrade_database(old, interrupted=[4])
        assert (version_of(old), tables(old)) == (1, before)
        with Store.open(old, read_only=True) as store:
            assert store.runs()[-1].status is Status.RUNNING
        assert list(old.parent.glob("*backup*")) == []
    with Store.open(old) as store:
        assert store.runs()[-1].status is Status.INTERRUPTED


def test_a_run_on_a_computer_that_is_gone_is_declared_interrupted_with_the_upgrade(
    old: Path,
) -> None:
    carried_out_by(old, Owner("basement", 1, 0.0))
    with pytest.raises(StoreError, match=r"gone, use dwmtj store upgrade --interrupted 4\. "):
        upgrade_database(old)
    assert upgrade_database(old, interrupted=[4]) is not None
    with Store.open(old) as store:
        run = store.run(4).summary
    assert run.status is Status.INTERRUPTED
    assert run.message == "Declared interrupted; its process was 1 on basement."


def test_an_upgrade_waits_for_no_writer_longer_than_asked(old: Path) -> None:
    with closing(sqlite3.connect(old)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="is locked by another program"):
            upgrade_database(old, lock_timeout_s=0)
    assert version_of(old) == 1


@pytest.mark.parametrize("where", ["copy", "migration"])
def test_a_killed_upgrade_leaves_the_older_database_which_is_then_upgraded(
    old: Path, where: str
) -> None:
    before = tables(old)
    with process(HERE / "upgrade_to_be_killed.py", old, where) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "here\n"
        with Store.open(old, read_only=True) as store:  # readers are not held up
            assert len(store.points(1)) == 216
        child.kill()
    assert (version_of(old), tables(old)) == (1, before)
    Store.open(old).close()
    after = tables(old)
    assert {name: with_added_columns(before[name], after[name]) for name in before} == {
        name: after[name] for name in before
    }
    assert version_of(old) == SCHEMA_VERSION
    copies = list(old.parent.glob("lab.v1-backup*"))
    assert [version_of(copy) for copy in copies] == [1] * (1 if where == "copy" else 2)
    assert not list(old.parent.glob("*.part*"))


def test_of_processes_that_upgrade_at_once_one_does_and_all_go_on(old: Path) -> None:
    code = (
        "import sys; from dwmtj.storage import Store; print('ready', flush=True); input(); "
        "print(len(Store.open(sys.argv[1]).run(1).attempts))"
    )
    with process("-c", code, old) as one, process("-c", code, old) as other:
        for child in (one, other):
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
        for child in (one, other):
            assert child.stdin is not None
            child.stdin.write("\n")
            child.stdin.flush()
        answers = [child.communicate()[0] for child in (one, other)]
    assert answers == ["1\n", "1\n"]
    assert version_of(old) == SCHEMA_VERSION
    assert len(list(old.parent.glob("lab.v1-backup*"))) == 1


def test_a_table_that_others_refer_to_can_be_rebuilt_in_a_batch(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a later version may have to; SQLite cannot add a constraint to a table in place."""
    folder = old.with_name("migrations")
    shutil.copytree(upgrade.MIGRATIONS, folder)
    later = SCHEMA_VERSION + 1
    (folder / "versions" / f"v{later}_setups.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision, down_revision = '{later}', '{SCHEMA_VERSION}'\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('runs') as runs:\n"
        "        runs.add_column(sa.Column('setup', sa.Text, server_default='A'))\n"
        "        runs.create_check_constraint('named', \"setup <> ''\")\n"
    )
    monkeypatch.setattr(upgrade, "SCHEMA_VERSION", later)
    monkeypatch.setattr("dwmtj.storage.engines.sqlite.file.SCHEMA_VERSION", later)
    before = tables(old)
    assert upgrade_database(old, migrations=folder) is not None
    after = tables(old)
    without_setup = [row[:-1] for row in after["runs"]]
    assert without_setup == with_added_columns(before["runs"], without_setup)
    assert {row[-1] for row in after["runs"]} == {"A"}
    assert after["points"] == with_added_columns(before["points"], after["points"])
    with closing(sqlite3.connect(old)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (later,)
        with pytest.raises(sqlite3.IntegrityError, match="named"):
            raw.execute("UPDATE runs SET setup = ''")


def test_a_migration_that_fails_changes_nothing(old: Path) -> None:
    folder = old.with_name("migrations")
    (folder / "versions").mkdir(parents=True)
    (folder / "versions" / "v2_broken.py").write_text(
        "from alembic import op\nrevision, down_revision = '2', None\n"
        "def upgrade():\n"
        "    op.execute('DELETE FROM points')\n"
        "    op.drop_table('results')\n"
        "    op.execute('DELETE FROM devices')\n"
    )
    before = tables(old)
    with pytest.raises(StoreError, match="refers to rows that it does not hold"):
        upgrade_database(old, migrations=folder)
    assert (version_of(old), tables(old)) == (1, before)
