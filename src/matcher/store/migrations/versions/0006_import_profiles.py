"""Import profiles: which field each heading of a sender's lists stands for."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_import_profile_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_profile")),
    )
    op.create_index(op.f("ix_import_profile_park_id"), "import_profile", ["park_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_import_profile_park_id"), table_name="import_profile")
    op.drop_table("import_profile")
