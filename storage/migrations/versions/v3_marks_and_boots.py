"""Version 3: points can be marked, and a process is known by its boot and start since then."""

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"


def upgrade() -> None:
    op.add_column("points", sa.Column("mark", sa.Text))
    op.add_column("runs", sa.Column("boot_id", sa.Text))
    op.add_column("runs", sa.Column("process_started_ticks", sa.Integer))
