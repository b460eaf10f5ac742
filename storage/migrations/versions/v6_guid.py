"""Version 6: each run has a globally unique number, by which copies of it are recognised.

That of an older run follows from what the run holds, so that two copies of a database that are
upgraded apart agree on it.
"""

import sqlalchemy as sa
from alembic import op

from dwmtj.storage.migrations.older import guids_of_older_runs

revision = "6"
down_revision = "5"

_RUNS = sa.table("runs", sa.column("id"), sa.column("guid"))


def upgrade() -> None:
    op.add_column("runs", sa.Column("guid", sa.Text))
    connection = op.get_bind()
    for run_id, guid in guids_of_older_runs(connection).items():
        connection.execute(sa.update(_RUNS).where(_RUNS.c.id == run_id).values(guid=guid))
    op.create_index("ix_runs_guid", "runs", ["guid"], unique=True)
