"""The work on the ledger: human columns, history, grades, evidence, exclusions, rules, abstentions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idempotent_answer",
        sa.Column("caller", sa.String(length=255), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_idempotent_answer")),
    )
    op.create_index(op.f("ix_idempotent_answer_at"), "idempotent_answer", ["at"], unique=False)

    op.create_table(
        "ledger_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_ledger_import_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_import")),
    )
    op.create_index(op.f("ix_ledger_import_park_id"), "ledger_import", ["park_id"], unique=False)

    op.create_table(
        "park_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_park_profile_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_park_profile")),
        sa.UniqueConstraint("park_id", "version", name=op.f("uq_park_profile_park_id_version")),
    )
    op.create_table(
        "reminder",
        sa.Column("park_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_reminder_park_id")),
        sa.PrimaryKeyConstraint("park_id", "day", "channel", name=op.f("pk_reminder")),
    )
    op.create_table(
        "abstention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=False),
        sa.Column("demand_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("since_run_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("ruled_out", sa.JSON(), nullable=False),
        sa.Column("nearest_id", sa.Integer(), nullable=True),
        sa.Column("nearest_failed", sa.JSON(), nullable=False),
        sa.Column("similarity", sa.Double(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"], name=op.f("fk_abstention_demand_id")),
        sa.ForeignKeyConstraint(["nearest_id"], ["achievement.id"], name=op.f("fk_abstention_nearest_id")),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_abstention_park_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_abstention_run_id")),
        sa.ForeignKeyConstraint(["since_run_id"], ["run.id"], name=op.f("fk_abstention_since_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_abstention")),
        sa.UniqueConstraint("demand_id", name=op.f("uq_abstention_demand_id")),
    )
    op.create_index(op.f("ix_abstention_park_id"), "abstention", ["park_id"], unique=False)

    op.create_table(
        "demand_constraints",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=False),
        sa.Column("demand_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"], name=op.f("fk_demand_constraints_demand_id")),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_demand_constraints_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_constraints")),
        sa.UniqueConstraint("demand_id", "version", name=op.f("uq_demand_constraints_demand_id_version")),
    )
    op.create_index(op.f("ix_demand_constraints_park_id"), "demand_constraints", ["park_id"], unique=False)

    op.create_table(
        "exclusion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=False),
        sa.Column("demand_id", sa.Integer(), nullable=False),
        sa.Column("achievement_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievement.id"], name=op.f("fk_exclusion_achievement_id")
        ),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"], name=op.f("fk_exclusion_demand_id")),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_exclusion_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion")),
    )
    op.create_index(op.f("ix_exclusion_achievement_id"), "exclusion", ["achievement_id"], unique=False)
    op.create_index(op.f("ix_exclusion_demand_id"), "exclusion", ["demand_id"], unique=False)
    op.create_index(op.f("ix_exclusion_park_id"), "exclusion", ["park_id"], unique=False)

    op.create_table(
        "entry_state",
        sa.Column("park_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("causes", sa.JSON(), nullable=False),
        sa.Column("standing", sa.String(length=16), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("similarity", sa.Double(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("contributions", sa.JSON(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("demand_version", sa.Integer(), nullable=False),
        sa.Column("achievement_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_entry_state_entry_id")),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_entry_state_park_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_entry_state_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_state")),
        sa.UniqueConstraint("entry_id", "run_id", name=op.f("uq_entry_state_entry_id_run_id")),
    )
    op.create_index("ix_entry_state_run", "entry_state", ["run_id", "park_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_evidence_entry_id")),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_evidence_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_entry_id"), "evidence", ["entry_id"], unique=False)
    op.create_index(op.f("ix_evidence_park_id"), "evidence", ["park_id"], unique=False)

    op.create_table(
        "grade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decline_code", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("similarity", sa.Double(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("demand_version", sa.Integer(), nullable=False),
        sa.Column("achievement_version", sa.Integer(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_grade_entry_id")),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_grade_park_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_grade_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade")),
    )
    op.create_index(op.f("ix_grade_entry_id"), "grade", ["entry_id"], unique=False)
    op.create_index(op.f("ix_grade_park_id"), "grade", ["park_id"], unique=False)

    op.create_table(
        "human_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("via", sa.String(length=16), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_human_change_entry_id")),
        sa.ForeignKeyConstraint(["import_id"], ["ledger_import.id"], name=op.f("fk_human_change_import_id")),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_human_change_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_human_change")),
    )
    op.create_index("ix_human_change_entry", "human_change", ["entry_id", "version"], unique=False)
    op.create_index(op.f("ix_human_change_import_id"), "human_change", ["import_id"], unique=False)
    op.create_index(op.f("ix_human_change_park_id"), "human_change", ["park_id"], unique=False)

    with op.batch_alter_table("access_key") as batch_op:
        batch_op.add_column(sa.Column("subject", sa.Text(), nullable=False, server_default=""))
        batch_op.alter_column(
            "role", existing_type=sa.VARCHAR(length=16), type_=sa.String(length=32), existing_nullable=False
        )

    with op.batch_alter_table("ledger_entry") as batch_op:
        batch_op.add_column(sa.Column("first_seen", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("run_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.alter_column("first_run_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.alter_column("rank", existing_type=sa.INTEGER(), nullable=True)
        batch_op.alter_column("similarity", existing_type=sa.DOUBLE(), nullable=True)
        batch_op.alter_column("score", existing_type=sa.DOUBLE(), nullable=True)

    with op.batch_alter_table("ledger_human") as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("paused_from", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("return_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("owner", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("technology_manager", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("responsible_unit", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("next_action", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("due", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("last_contact", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("stall_code", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("decline_code", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("amount", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("trial_start", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("trial_end", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("payment_trigger", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("teaming", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("milestones", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("notes", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("grade", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("grade_reason", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("reply", sa.Text(), nullable=False, server_default=""))

    with op.batch_alter_table("run") as batch_op:
        batch_op.add_column(sa.Column("calibration", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("profiles", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("constraints_to", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE ledger_entry SET first_seen ="
        " (SELECT started_at FROM run WHERE run.id = ledger_entry.first_run_id)"
    )
    with op.batch_alter_table("ledger_entry") as batch_op:
        batch_op.alter_column("first_seen", existing_type=sa.DateTime(timezone=True), nullable=False)
    # What stands is the first state that is known; what earlier runs had written is gone.
    op.execute(
        "INSERT INTO entry_state (park_id, entry_id, run_id, event, causes, standing, cause, rank,"
        " similarity, score, probability, contributions, terms, demand_version, achievement_version)"
        " SELECT park_id, id, run_id, CASE WHEN standing = 'current' THEN 'created' ELSE 'vanished' END,"
        " '[]', standing, cause, rank, similarity, score, probability, contributions, terms,"
        " demand_version, achievement_version FROM ledger_entry"
    )


def downgrade() -> None:
    raise NotImplementedError("the way back would drop what people wrote: restore a backup instead")
