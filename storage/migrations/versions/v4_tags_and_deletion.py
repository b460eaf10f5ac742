"""Version 4: runs have tags and a star, and can be deleted and restored."""

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"


def upgrade() -> None:
    op.add_column("runs", sa.Column("tags", sa.JSON))
    op.add_column("runs", sa.Column("starred", sa.Boolean))
    op.add_column("runs", sa.Column("deleted", sa.DateTime))
