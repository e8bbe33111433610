"""The demo's school: classes of invented pupils, quizzes over and going on, and what was done there."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.assembly_teaching import TeachingParts
from bot.core.activity import Activity, ActivityKind, Attendance
from bot.core.audience import Audience
from bot.core.lessons import Answers, Begins, Joins
from bot.core.message import Origin
from bot.core.quiz_types import Band, QuestionType
from bot.outreach.entering import new_form
from bot.storage.activities import Activities
from bot.storage.push_types import PushDraft, PushKind, Run
from bot.storage.runs import Runs
from bot.storage.schools import School, SchoolClass
from bot.storage.staff import Member
from bot.storage.store import Store
from bot.storage.takings import SealedTakings
from bot.teaching.frozen import FrozenQuestion, FrozenQuiz
from bot.teaching.plan import Plan
from bot.teaching.pushes import PushWork
from bot.teaching.starting import Starting

SCHOOL = "（示例）青山镇九年一贯制学校"
#: Classes with their age bands and how many pupils joined; of the last too few did for any result to be shown.
CLASSES = (("五年级2班", Band.TEN, 28), ("八年级1班", Band.THIRTEEN, 31), ("七年级3班", Band.THIRTEEN, 3))
#: Quizzes that were pushed: to which class, days ago, how many took them, and how likely a right answer was.
TAKEN = (
    (0, "bullying-10-12", 34, 24, 0.52),
    (0, "bullying-10-12", 6, 26, 0.79),
    (1, "fraud-13-15", 13, 27, 0.66),
    (2, "fraud-13-15", 13, 3, 0.66),
)
#: Quizzes that go on: a little younger than now, so that days are left.
GOING = ((1, "online-safety-13-15", 12, 0.7),)
#: The page that is shown: its class has a quiz that goes on.
SHOWN = 1
NOTICE = "这周五第二节课讲怎样识破“刷单返利”。有想问的，可以先在这里问，不用写名字。"
#: Kind, days ago, count, for whom, people, half class hours.
DONE = (
    (ActivityKind.LECTURE, 4, 1, Attendance.STUDENTS, 120, 2),
    (ActivityKind.BROCHURES, 4, 150, Attendance.STUDENTS, 0, 0),
    (ActivityKind.GUIDANCE, 11, 6, Attendance.PARENTS, 0, 0),
    (ActivityKind.VISIT, 19, 1, Attendance.TEACHERS, 8, 0),
    (ActivityKind.LECTURE, 40, 1, Attendance.PARENTS, 65, 2),
    (ActivityKind.MEDIA, 47, 2, Attendance.PUBLIC, 0, 0),
    (ActivityKind.ASSESSMENT, 75, 9, Attendance.STUDENTS, 0, 0),
    (ActivityKind.LECTURE, 400, 1, Attendance.STUDENTS, 90, 2),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """What was made."""

    school: School
    classes: tuple[SchoolClass, ...]

    @property
    def shown(self) -> SchoolClass:
        """The class whose page is worth a look."""
        return self.classes[SHOWN]


@dataclass(frozen=True, slots=True)
class Furnisher:
    """Fills a school as ``principal`` and its pupils would have, some of it long ago."""

    teaching: TeachingParts
    principal: Member
    chance: random.Random

    async def furnish(self, boss: Member, region: str) -> Sample:
        """Make the school and everything in it. Raises StorageError."""
        classes = self.teaching.classes
        number = await classes.add_school(boss, SCHOOL, region)
        await classes.appoint(boss, number, self.principal.id)
        made = [await classes.add_class(self.principal, number, name, band) for name, band, _ in CLASSES]
        await self._join(made)
        now = self.teaching.now()
        for place, quiz, days, many, skill in TAKEN:
            begun = now - dt.timedelta(days=days)
            run = await self._push(_quiz(quiz, made[place], begun))
            await self._take(run, made[place], many, skill)
            await self._starting(run.closes_at).close(run)
        begun = now - dt.timedelta(hours=2)
        await self._push(replace(_quiz("", made[SHOWN], begun), kind=PushKind.NOTICE, title="法治课预告", text=NOTICE))
        for place, quiz, many, skill in GOING:
            await self._take(await self._push(_quiz(quiz, made[place], begun)), made[place], many, skill)
        await self._did(number, region)
        return Sample(await classes.school(boss, number), tuple(made))

    async def _join(self, made: Sequence[SchoolClass]) -> None:
        takings = SealedTakings(self.teaching.store)
        async with self.teaching.store.writing() as connection:
            for class_, (_, _, many) in zip(made, CLASSES, strict=True):
                for pupil in range(many):
                    await takings.keep(connection, Joins(class_.id, Audience.STUDENT, _origin(class_, pupil)))

    async def _push(self, draft: PushDraft) -> Run:
        """It went out at its moment, quiet hours or not."""
        store, teaching = self._at(draft.next_at), self.teaching
        work = PushWork(store, teaching.shelf, teaching.library, self._plan(), teaching.audit)
        push = await work.make(self.principal, draft)
        await self._starting(draft.next_at).start(push.id)
        (run,) = await Runs(store).runs(push.id)
        return run

    async def _take(self, run: Run, class_: SchoolClass, many: int, skill: float) -> None:
        body = await Runs(self.teaching.store).quiz(run.id)
        quiz = FrozenQuiz.load(body or "")
        store = self._at(run.started_at + dt.timedelta(hours=1))
        async with store.writing() as connection:
            for pupil in range(many):
                talk = _origin(class_, pupil).talk
                begins = Begins(run.id, class_.id, Audience.STUDENT, talk)
                await SealedTakings(store).keep(connection, begins)
                await self._answer(connection, store, begins, quiz=quiz, skill=skill)

    async def _answer(
        self, connection: AsyncConnection, store: Store, begins: Begins, *, quiz: FrozenQuiz, skill: float
    ) -> None:
        last = len(quiz.questions) - 1
        for place, asked in enumerate(quiz.questions):
            options = self._chosen(asked, skill)
            right = asked.is_right(options)
            given = Answers(begins.run, begins.talk, place, options, right, last=place == last)
            await SealedTakings(store).keep(connection, given)

    def _chosen(self, asked: FrozenQuestion, skill: float) -> tuple[int, ...]:
        """What a pupil chooses; whoever errs mostly takes the first of the wrong options, as classes do."""
        right = tuple(asked.right)
        if self.chance.random() < skill:
            return right if asked.type is QuestionType.SEVERAL else right[:1]
        wrong = [place for place in range(len(asked.options)) if place not in right]
        return (wrong[0] if self.chance.random() < 0.6 else self.chance.choice(wrong),) if wrong else right[:1]

    async def _did(self, school: int, region: str) -> None:
        for kind, days, count, audience, people, halves in DONE:
            store = self._at(self.teaching.now() - dt.timedelta(days=days))
            given = Activity(
                kind, store.now().date(), count, audience, school=school, region=region, people=people, halves=halves
            )
            async with store.writing() as connection:
                await Activities(store).add(connection, given, staff=self.principal.id, form=new_form())

    def _at(self, moment: dt.datetime) -> Store:
        """The same database as it was written to then."""
        return replace(self.teaching.store, now=lambda: moment)

    def _starting(self, moment: dt.datetime) -> Starting:
        return Starting(self._at(moment), self.teaching.shelf, self._plan(), {})

    def _plan(self) -> Plan:
        return Plan(self.teaching.settings.zone, None, self.teaching.taught.calendar)


def _quiz(name: str, class_: SchoolClass, at: dt.datetime) -> PushDraft:
    return PushDraft(kind=PushKind.QUIZ, title="", classes=(class_.id,), subject=name, next_at=at)


def _origin(class_: SchoolClass, pupil: int) -> Origin:
    """A browser that nobody has: nothing can be written to it."""
    name = f"demo-{class_.id}-{pupil}"
    return Origin("web", f"web:{name}", name)
