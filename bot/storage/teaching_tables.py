"""The tables of teaching: schools and classes, questions of one's own, pushes and their deliveries, and answers.

Nobody is named: who joined a class is a pseudonym with a sealed address, who takes a quiz a pseudonym of that run.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from bot.storage.tables import RowId, UtcTime, metadata

school = Table(
    "school",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("name", String(128), nullable=False, unique=True),
    Column("region", String(64), nullable=False),  # empty: none
    Column("created_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime, nullable=True),
    sqlite_autoincrement=True,
)

school_member = Table(
    "school_member",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("school", RowId, ForeignKey("school.id"), nullable=False, index=True),
    Column("staff", RowId, ForeignKey("staff.id"), nullable=False, index=True),  # its vice principal
    Column("since", UtcTime, nullable=False),
    Column("until", UtcTime, nullable=True),  # handed over, or left
    sqlite_autoincrement=True,
)

school_class = Table(
    "school_class",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("school", RowId, ForeignKey("school.id"), nullable=False, index=True),
    Column("name", String(64), nullable=False),
    Column("band", String(8), nullable=False),  # the pupils' age band: 6-9, 10-12, 13-15, 16-18
    Column("code_name", String(32), nullable=False, unique=True),  # pseudonym of the join code, to find it by
    Column("code", LargeBinary, nullable=False),  # the join code, sealed, to show it again
    Column("created_at", UtcTime, nullable=False),
    Column("archived_at", UtcTime, nullable=True),
    sqlite_autoincrement=True,
)

enrolment = Table(
    "enrolment",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("class", RowId, ForeignKey("school_class.id"), nullable=False, key="class_"),
    Column("reader", String(16), nullable=False),  # student, parent or school
    Column("channel", String(32), nullable=False),
    Column("talk", String(32), nullable=False, index=True),  # pseudonym
    Column("address", LargeBinary, nullable=False),
    Column("joined_at", UtcTime, nullable=False),
    Column("gone_at", UtcTime, nullable=True),  # the chat blocked the bot or is no more
    UniqueConstraint("class_", "talk"),
    sqlite_autoincrement=True,
)

class_group = Table(
    "class_group",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("class", RowId, ForeignKey("school_class.id"), nullable=False, key="class_"),
    Column("channel", String(32), nullable=False),
    Column("chat", String(32), nullable=False),  # pseudonym
    Column("address", LargeBinary, nullable=False),
    Column("bound_by", RowId, ForeignKey("staff.id"), nullable=False),
    Column("bound_at", UtcTime, nullable=False),
    Column("gone_at", UtcTime, nullable=True),
    UniqueConstraint("channel", "chat"),
    sqlite_autoincrement=True,
)

own_question = Table(
    "own_question",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("staff", RowId, ForeignKey("staff.id"), nullable=False, index=True),
    Column("body", Text, nullable=False),  # a QuizQuestion as JSON
    Column("version", Integer, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("deleted_at", UtcTime, nullable=True),
    sqlite_autoincrement=True,
)

own_quiz = Table(
    "own_quiz",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("staff", RowId, ForeignKey("staff.id"), nullable=False, index=True),
    Column("body", Text, nullable=False),  # a Quiz as JSON; its questions are topic/id, or own/<row> for own ones
    Column("version", Integer, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("deleted_at", UtcTime, nullable=True),
    sqlite_autoincrement=True,
)

quiz_version = Table(
    "quiz_version",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("quiz", String(128), nullable=False),  # the bank's id, or own:<row>
    Column("digest", String(64), nullable=False),
    Column("body", Text, nullable=False),  # a FrozenQuiz as JSON: what is asked, whatever becomes of the content
    Column("made_at", UtcTime, nullable=False),
    UniqueConstraint("quiz", "digest"),
    sqlite_autoincrement=True,
)

push = Table(
    "push",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),  # quiz, notice, topic
    Column("title", String(128), nullable=False),
    Column("subject", String(128), nullable=False),  # the quiz or the topic; empty for a notice
    Column("text", Text, nullable=False),  # a notice's words; a line before a quiz or a topic
    Column("readers", String(64), nullable=False),  # student, parent, or both joined by a comma
    Column("staff", RowId, ForeignKey("staff.id"), nullable=False, index=True),
    Column("state", String(16), nullable=False),  # draft, asked (for approval), scheduled, paused, done, cancelled
    Column("next_at", UtcTime, nullable=True, index=True),
    Column("weekly", Boolean, nullable=False),
    Column("until", UtcTime, nullable=True),
    Column("close_hours", Integer, nullable=False),
    Column("remind_hours", Integer, nullable=True),  # before the end, to those who have not answered
    Column("approved_by", RowId, ForeignKey("staff.id"), nullable=True),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

push_class = Table(
    "push_class",
    metadata,
    Column("push", RowId, ForeignKey("push.id"), primary_key=True),
    Column("class", RowId, ForeignKey("school_class.id"), primary_key=True, key="class_"),
    Column("place", Integer, nullable=False, server_default="0"),  # the order in which the classes get it
)

push_run = Table(
    "push_run",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("push", RowId, ForeignKey("push.id"), nullable=False),
    Column("version", RowId, ForeignKey("quiz_version.id"), nullable=True),
    Column("planned_at", UtcTime, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("closes_at", UtcTime, nullable=False, index=True),
    Column("remind_at", UtcTime, nullable=True),
    Column("reminded_at", UtcTime, nullable=True),
    Column("closed_at", UtcTime, nullable=True),
    Column("folded_at", UtcTime, nullable=True),  # answers became counts
    UniqueConstraint("push", "planned_at"),
    sqlite_autoincrement=True,
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("run", RowId, ForeignKey("push_run.id"), nullable=False),
    Column("class", RowId, ForeignKey("school_class.id"), nullable=False, key="class_"),
    Column("what", String(16), nullable=False),  # push, reminder, result
    Column("enrolment", RowId, nullable=True),  # to one person; the row may be gone: then so is this
    Column("class_group", RowId, nullable=True),  # to a group
    Column("step", Integer, nullable=False),  # of a group's messages, in order; 0 for a person's
    Column("state", String(16), nullable=False),  # waiting, queued (in the outbox), sent, gone, dropped
    Column("due_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime, nullable=True),
    UniqueConstraint("run", "what", "enrolment"),
    UniqueConstraint("run", "what", "class_group", "step"),
    Index(None, "state", "due_at"),
    sqlite_autoincrement=True,
)

taking = Table(
    "taking",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("run", RowId, ForeignKey("push_run.id"), nullable=False),
    Column("class", RowId, ForeignKey("school_class.id"), nullable=False, key="class_"),
    Column("reader", String(16), nullable=False),
    Column("taker", String(32), nullable=False),  # pseudonym of the talk for this run alone
    Column("place", Integer, nullable=False),  # the next question, counted from 0
    Column("started_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime, nullable=True),
    UniqueConstraint("run", "taker"),
    sqlite_autoincrement=True,
)

taking_answer = Table(
    "taking_answer",
    metadata,
    Column("taking", RowId, ForeignKey("taking.id"), primary_key=True),
    Column("question", Integer, primary_key=True, autoincrement=False),
    Column("options", String(32), nullable=False),  # chosen places, joined by commas
    Column("right", Boolean, nullable=False),
)

group_poll = Table(
    "group_poll",
    metadata,
    Column("poll", String(32), primary_key=True),  # pseudonym of the channel's number
    Column("run", RowId, ForeignKey("push_run.id"), nullable=False, index=True),
    Column("class", RowId, ForeignKey("school_class.id"), nullable=False, key="class_"),
    Column("question", Integer, nullable=False),
    Column("counts", String(64), nullable=False),  # by option, joined by commas
    Column("class_group", RowId, nullable=True),  # where it stands, and its message there: to close it
    Column("message", RowId, nullable=True),
    Column("closed_at", UtcTime, nullable=True),
)

tally = Table(
    "tally",
    metadata,
    Column("run", RowId, ForeignKey("push_run.id"), primary_key=True),
    Column("class", RowId, ForeignKey("school_class.id"), primary_key=True, key="class_"),
    Column("source", String(16), primary_key=True),  # person (folded), hands (typed in by the teacher)
    Column("question", Integer, primary_key=True, autoincrement=False),
    Column("option", Integer, primary_key=True, autoincrement=False),  # -1: answered wholly right
    Column("count", Integer, nullable=False),
)

run_tally = Table(
    "run_tally",
    metadata,
    Column("run", RowId, ForeignKey("push_run.id"), primary_key=True),
    Column("class", RowId, ForeignKey("school_class.id"), primary_key=True, key="class_"),
    Column("source", String(16), primary_key=True),
    Column("invited", Integer, nullable=False),
    Column("started", Integer, nullable=False),
    Column("finished", Integer, nullable=False),
)
