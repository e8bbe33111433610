"""The tables of answers, for revision 0003."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

_MOMENT = sa.DateTime(timezone=True)
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def takings() -> None:
    """Who takes a quiz, what they answered, and the polls of groups."""
    op.create_table(
        "taking",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("run", _ROW_ID, nullable=False),
        sa.Column("class", _ROW_ID, nullable=False),
        sa.Column("reader", sa.String(16), nullable=False),
        sa.Column("taker", sa.String(32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["class"], ["school_class.id"], name="fk_taking_class"),
        sa.ForeignKeyConstraint(["run"], ["push_run.id"], name="fk_taking_run"),
        sa.PrimaryKeyConstraint("id", name="pk_taking"),
        sa.UniqueConstraint("run", "taker", name="uq_taking_run_taker"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "taking_answer",
        sa.Column("taking", _ROW_ID, nullable=False),
        sa.Column("question", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("options", sa.String(32), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["taking"], ["taking.id"], name="fk_taking_answer_taking"),
        sa.PrimaryKeyConstraint("taking", "question", name="pk_taking_answer"),
    )
    op.create_table(
        "group_poll",
        sa.Column("poll", sa.String(32), nullable=False),
        sa.Column("run", _ROW_ID, nullable=False),
        sa.Column("class", _ROW_ID, nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("counts", sa.String(64), nullable=False),
        sa.Column("class_group", _ROW_ID, nullable=True),
        sa.Column("message", _ROW_ID, nullable=True),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["class"], ["school_class.id"], name="fk_group_poll_class"),
        sa.ForeignKeyConstraint(["run"], ["push_run.id"], name="fk_group_poll_run"),
        sa.PrimaryKeyConstraint("poll", name="pk_group_poll"),
    )
    op.create_index("ix_group_poll_run", "group_poll", ["run"], unique=False)


def counts() -> None:
    """What the answers of a run come to."""
    op.create_table(
        "tally",
        sa.Column("run", _ROW_ID, nullable=False),
        sa.Column("class", _ROW_ID, nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("question", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("option", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["class"], ["school_class.id"], name="fk_tally_class"),
        sa.ForeignKeyConstraint(["run"], ["push_run.id"], name="fk_tally_run"),
        sa.PrimaryKeyConstraint("run", "class", "source", "question", "option", name="pk_tally"),
    )
    op.create_table(
        "run_tally",
        sa.Column("run", _ROW_ID, nullable=False),
        sa.Column("class", _ROW_ID, nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.Column("started", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["class"], ["school_class.id"], name="fk_run_tally_class"),
        sa.ForeignKeyConstraint(["run"], ["push_run.id"], name="fk_run_tally_run"),
        sa.PrimaryKeyConstraint("run", "class", "source", name="pk_run_tally"),
    )
