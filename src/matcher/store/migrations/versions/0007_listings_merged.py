"""Listings merged as duplicates say which one replaces them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = ("achievement", "demand", "achievement_revision", "demand_revision")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(table, sa.Column("replaced_by", sa.Integer(), nullable=True))


def downgrade() -> None:
    for table in _TABLES:
        op.drop_column(table, "replaced_by")
