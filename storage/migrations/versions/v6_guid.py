"""Version 6: each run has a globally unique number, by which copies of it are recognised.

That of an older run follows from what the run holds, so that two copies of a database that are
upgraded apart agree on it.
"""

from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from alembic import op

revision = "6"
down_revision = "5"

_COLUMNS = ("id", "started", "host", "pid", "process_started", "protocol")


def upgrade() -> None:
    op.add_column("runs", sa.Column("guid", sa.Text))
    connection = op.get_bind()
    runs = sa.table("runs", *map(sa.column, (*_COLUMNS, "guid")))
    for run in connection.execute(sa.select(*(runs.c[name] for name in _COLUMNS))).all():
        guid = uuid5(NAMESPACE_URL, "/".join(("dwmtj-run", *map(str, run))))
        connection.execute(sa.update(runs).where(runs.c.id == run.id).values(guid=str(guid)))
    op.create_index("ix_runs_guid", "runs", ["guid"], unique=True)
