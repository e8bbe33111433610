"""Schools, classes, runs of a quiz and their answers, as rows of the tables."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, insert

from bot.core.quiz_types import Band, Option, QuestionType
from bot.storage import teaching_tables as tables
from bot.storage.staff_tables import staff
from bot.storage.store import Store
from bot.teaching.frozen import FrozenQuestion, FrozenQuiz

GIVES = Option(text="每天多带一块给他", idea="以为给了他就会停", why="给了，他可能还会再要。")
HIDES = Option(text="装肚子疼不上学", idea="以为躲开就好了", why="躲着会更难过。")
TELLS = Option(text="告诉老师和爸爸妈妈", right=True, why="这是请大人帮忙。")
FORWARDS = FrozenQuestion(
    id="bullying.cyber/forwarded",
    topic="bullying.cyber",
    type=QuestionType.TRUE_FALSE,
    ask="“帖子不是我写的，我只是转发，所以没关系。”",
    options=(
        Option(text="对", idea="以为转发不算", why="每转一次，他就再受一次伤害。"),
        Option(text="不对", right=True, why="转发也是在传播。"),
    ),
    explain="转发也可能要负责。",
    law=("minors-protection:77",),
)
QUIZ = FrozenQuiz(
    id="bullying-test",
    title="被欺负了怎么办",
    band=Band.TEN,
    intro="三个小问题。",
    questions=(
        FrozenQuestion(
            id="bullying.victim/eraser",
            topic="bullying.victim",
            type=QuestionType.SITUATION,
            ask="有个同学每天都拿走小乐的橡皮，小乐最好怎么做？",
            options=(TELLS, GIVES, HIDES),
            explain="抢别人的东西不对，老师看到了要管。",
            law=("minors-protection:39",),
        ),
        FORWARDS,
        FrozenQuestion(
            id="bullying.victim/keep",
            topic="bullying.victim",
            type=QuestionType.SEVERAL,
            ask="哪些材料值得保存？",
            options=(
                Option(text="当天写下的时间和地点", right=True, why="当天写最清楚。"),
                Option(text="逼对方写的“认罪书”", idea="以为有认罪书才算数", why="逼人写会惹上麻烦。"),
                Option(text="聊天记录的截图", right=True, why="能看出谁做了什么。"),
                Option(text="删掉自己那几句再截的图", idea="以为删掉不利的更好", why="完整的才可信。"),
            ),
            explain="保留真实、完整的材料。",
        ),
    ),
)
#: Everything right; and each question answered by the first wrong option.
RIGHT, WRONG = ("0", "1", "0,2"), ("1", "0", "1,2")


class Taught:
    """Makes rows, and knows their numbers."""

    def __init__(self, store: Store) -> None:
        self.store, self._numbers = store, itertools.count(1)

    async def teacher(self, name: str = "chen") -> int:
        row = {"name": name, "display": f"{name}老师", "role": "vice_principal", "line": 1, "region": "", "school": ""}
        return await self._row(staff, **row, state="active", failures=0, created_at=self.store.now())

    async def school(self, *teachers: int, name: str = "第一中学") -> int:
        school = await self._row(tables.school, name=name, region="", created_at=self.store.now())
        for teacher in teachers:
            await self._row(tables.school_member, school=school, staff=teacher, since=self.store.now(), until=None)
        return school

    async def class_(self, school: int, name: str = "五（3）班", *, members: int = 0) -> int:
        code = {"code_name": f"code{next(self._numbers)}", "code": b"sealed", "created_at": self.store.now()}
        class_id = await self._row(tables.school_class, school=school, name=name, band="10-12", **code)
        for _ in range(members):
            who = {"reader": "student", "channel": "web", "talk": f"talk{next(self._numbers)}", "address": b"sealed"}
            await self._row(tables.enrolment, class_=class_id, **who, joined_at=self.store.now())
        return class_id

    async def run(self, teacher: int, classes: Iterable[int], quiz: FrozenQuiz = QUIZ, **changes: Any) -> int:
        now = self.store.now()
        version = await self._version(quiz)
        row = {"kind": "quiz", "title": quiz.title, "subject": quiz.id, "text": "", "readers": "student"}
        row |= {"staff": teacher, "state": "done", "weekly": False, "close_hours": 48}
        push = await self._row(tables.push, **row, created_at=now, updated_at=now)
        for class_id in classes:
            await self._row(tables.push_class, push=push, class_=class_id)
        times = {"planned_at": now, "started_at": now, "closes_at": now + dt.timedelta(hours=48), **changes}
        return await self._row(tables.push_run, push=push, version=version, **times)

    async def takes(self, run: int, class_id: int, *answers: Sequence[str], finished: bool = True) -> None:
        """Somebody for each: what they chose, question by question."""
        now = self.store.now()
        for chosen in answers:
            who = {"run": run, "class_": class_id, "reader": "student", "taker": f"taker{next(self._numbers)}"}
            done = {"place": len(chosen), "started_at": now, "finished_at": now if finished else None}
            taking = await self._row(tables.taking, **who, **done)
            for question, options in enumerate(chosen):
                right = QUIZ.questions[question].is_right(tuple(map(int, options.split(","))))
                row = {"taking": taking, "question": question, "options": options, "right": right}
                await self._row(tables.taking_answer, **row)

    async def hands(self, run: int, class_id: int, pupils: int, counts: Mapping[tuple[int, int], int]) -> None:
        """Hands that were counted in a room."""
        place = {"run": run, "class_": class_id, "source": "hands"}
        await self._row(tables.run_tally, **place, invited=pupils, started=pupils, finished=pupils)
        for (question, option), count in counts.items():
            await self._row(tables.tally, **place, question=question, option=option, count=count)

    async def polls(self, run: int, class_id: int, *counts: str) -> None:
        """A group's polls, question by question."""
        for question, found in enumerate(counts):
            row = {"poll": f"poll{next(self._numbers)}", "run": run, "class_": class_id, "question": question}
            await self._row(tables.group_poll, **row, counts=found)

    async def _version(self, quiz: FrozenQuiz) -> int:
        row = {"quiz": quiz.id, "digest": f"{next(self._numbers):064}", "body": quiz.dump()}
        return await self._row(tables.quiz_version, **row, made_at=self.store.now())

    async def _row(self, table: Table, **values: Any) -> int:
        async with self.store.writing() as connection:
            made = await connection.execute(insert(table).values(**values))
            return int((made.inserted_primary_key or (0,))[0] or 0) if "id" in table.c else 0
