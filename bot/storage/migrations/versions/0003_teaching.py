"""Teaching: schools and classes, questions of one's own, pushes and their deliveries, and answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.migrations.answers_0003 import counts, takings

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and give messages on their way a lane."""
    _schools()
    _questions()
    _pushes()
    takings()
    counts()
    _lanes()


def _schools() -> None:
    op.create_table(
        "school",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("region", sa.String(64), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_school"),
        sa.UniqueConstraint("name", name="uq_school_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "school_member",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("school", _ROW_ID, nullable=False),
        sa.Column("staff", _ROW_ID, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["school"], ["school.id"], name="fk_school_member_school"),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name="fk_school_member_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_school_member"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_school_member_school", "school_member", ["school"], unique=False)
    op.create_index("ix_school_member_staff", "school_member", ["staff"], unique=False)
    op.create_table(
        "school_class",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("school", _ROW_ID, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("band", sa.String(8), nullable=False),
        sa.Column("code_name", sa.String(32), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("archived_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["school"], ["school.id"], name="fk_school_class_school"),
        sa.PrimaryKeyConstraint("id", name="pk_school_class"),
        sa.UniqueConstraint("code_name", name="uq_school_class_code_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_school_class_school", "school_class", ["school"], unique=False)
    op.create_table(
        "enrolment",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("class", _ROW_ID, nullable=False),
        sa.Column("reader", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("talk", sa.String(32), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("joined_at", _MOMENT, nullable=False),
        sa.Column("gone_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["class"], ["school_class.id"], name="fk_enrolment_class"),
        sa.PrimaryKeyConstraint("id", name="pk_enrolment"),
        sa.UniqueConstraint("class", "talk", name="uq_enrolment_class_talk"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_enrolment_talk", "enrolment", ["talk"], unique=False)
    op.create_table(
        "class_group",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("class", _ROW_ID, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("chat", sa.String(32), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("bound_by", _ROW_ID, nullable=False),
        sa.Column("bound_at", _MOMENT, nullable=False),
        sa.Column("gone_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["bound_by"], ["staff.id"], name="fk_class_group_bound_by"),
        sa.ForeignKeyConstraint(["class"], ["school_class.id"], name="fk_class_group_class"),
        sa.PrimaryKeyConstraint("id", name="pk_class_group"),
        sa.UniqueConstraint("channel", "chat", name="uq_class_group_channel_chat"),
        sqlite_autoincrement=True,
    )


def _questions() -> None:
    op.create_table(
        "own_question",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("staff", _ROW_ID, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.Column("deleted_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name="fk_own_question_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_own_question"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_own_question_staff", "own_question", ["staff"], unique=False)
    op.create_table(
        "own_quiz",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("staff", _ROW_ID, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.Column("deleted_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name="fk_own_quiz_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_own_quiz"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_own_quiz_staff", "own_quiz", ["staff"], unique=False)
    op.create_table(
        "quiz_version",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("quiz", sa.String(128), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quiz_version"),
        sa.UniqueConstraint("quiz", "digest", name="uq_quiz_version_quiz_digest"),
        sqlite_autoincrement=True,
    )


def _pushes() -> None:
    op.create_table(
        "push",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("title", sa.String(128), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("readers", sa.String(64), nullable=False),
        sa.Column("staff", _ROW_ID, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("next_at", _MOMENT, nullable=True),
        sa.Column("weekly", sa.Boolean(), nullable=False),
        sa.Column("until", _MOMENT, nullable=True),
        sa.Column("close_hours", sa.Integer(), nullable=False),
        sa.Column("remind_hours", sa.Integer(), nullable=True),
        sa.Column("approved_by", _ROW_ID, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["approved_by"], ["staff.id"], name="fk_push_approved_by"),
        sa.ForeignKeyConstraint(["staff"], ["staff.id"], name="fk_push_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_push"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_push_next_at", "push", ["next_at"], unique=False)
    op.create_index("ix_push_staff", "push", ["staff"], unique=False)
    op.create_table(
        "push_class",
        sa.Column("push", _ROW_ID, nullable=False),
        sa.Column("class", _ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(["class"], ["school_class.id"], name="fk_push_class_class"),
        sa.ForeignKeyConstraint(["push"], ["push.id"], name="fk_push_class_push"),
        sa.PrimaryKeyConstraint("push", "class", name="pk_push_class"),
    )
    op.create_table(
        "push_run",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("push", _ROW_ID, nullable=False),
        sa.Column("version", _ROW_ID, nullable=True),
        sa.Column("planned_at", _MOMENT, nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("closes_at", _MOMENT, nullable=False),
        sa.Column("remind_at", _MOMENT, nullable=True),
        sa.Column("reminded_at", _MOMENT, nullable=True),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column("folded_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["push"], ["push.id"], name="fk_push_run_push"),
        sa.ForeignKeyConstraint(["version"], ["quiz_version.id"], name="fk_push_run_version"),
        sa.PrimaryKeyConstraint("id", name="pk_push_run"),
        sa.UniqueConstraint("push", "planned_at", name="uq_push_run_push_planned_at"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_push_run_closes_at", "push_run", ["closes_at"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("run", _ROW_ID, nullable=False),
        sa.Column("class", _ROW_ID, nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("enrolment", _ROW_ID, nullable=True),
        sa.Column("class_group", _ROW_ID, nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["class"], ["school_class.id"], name="fk_delivery_class"),
        sa.ForeignKeyConstraint(["run"], ["push_run.id"], name="fk_delivery_run"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("run", "what", "enrolment", name="uq_delivery_run_what_enrolment"),
        sa.UniqueConstraint("run", "what", "class_group", "step", name="uq_delivery_run_what_class_group_step"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_delivery_state_due_at", "delivery", ["state", "due_at"], unique=False)


def _lanes() -> None:
    op.add_column("outbox", sa.Column("lane", sa.Integer(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("delivery", _ROW_ID, nullable=True))
