"""Upgrades a database and stops in the middle, to be killed there.

    python upgrade_to_be_killed.py DATABASE copy|migration

prints a line in the middle of the copy, or between two changes of the migration, and waits.
"""

import sys
from pathlib import Path

from dwmtj.storage.migrations import backup
from dwmtj.storage.migrations.upgrade import MIGRATIONS, upgrade_database


def wait(*_: int) -> None:
    print("here", flush=True)
    sys.stdin.read()


def slow_migrations(folder: Path) -> Path:
    (folder / "versions").mkdir(parents=True)
    for script in MIGRATIONS.glob("versions/v*.py"):
        text = script.read_text(encoding="utf-8")
        (folder / "versions" / script.name).write_text(
            f"{text}    op.execute(\"UPDATE runs SET operator = 'nobody'\")\n"
            "    from upgrade_to_be_killed import wait\n\n    wait()\n",
            encoding="utf-8",
        )
    return folder


if __name__ == "__main__":
    database, where = Path(sys.argv[1]), sys.argv[2]
    if where == "copy":
        backup.PAGES_AT_ONCE = 5
        upgrade_database(database, progress=wait)
    else:
        migrations = database.with_name("migrations")
        upgrade_database(database, migrations=slow_migrations(migrations))
