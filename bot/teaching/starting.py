"""Begins a run of a push that is due, and ends one whose time is over: each as one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.posting import Posting
from bot.storage.deliveries import Deliveries, What, people, reached
from bot.storage.group_polls import GroupPolls
from bot.storage.outbox import queue
from bot.storage.push_types import Push, PushKind, PushState, Run
from bot.storage.pushes import Pushes
from bot.storage.runs import Runs
from bot.storage.store import Store
from bot.teaching.frozen import FreezeError, FrozenQuiz
from bot.teaching.plan import Plan
from bot.teaching.shelf import Shelf

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Starting:
    """``postings``: the channels that can be written to first, by name."""

    store: Store
    shelf: Shelf
    plan: Plan
    postings: Mapping[str, Posting]

    async def start(self, number: int) -> None:
        """Begin the run of a push that is due. Raises StorageError."""
        now, pushes = self.store.now(), Pushes(self.store)
        seen = await pushes.push(number)
        if seen is None or self.plan.is_quiet(now):
            return
        try:
            quiz = await self.shelf.quiz(seen.staff, seen.subject) if seen.kind is PushKind.QUIZ else None
        except FreezeError:
            log.warning("pushes.quiz_gone", push=number)
            quiz, gone = None, True
        else:
            gone = False
        async with self.store.writing() as connection:
            push = await pushes.push(number, connection)
            if push is None or push.state is not PushState.SCHEDULED or push.next_at is None or push.next_at > now:
                return
            allowed = await pushes.allowed(push.staff, push.classes, connection)
            if gone or not allowed:
                await pushes.move(connection, number, PushState.CANCELLED, next_at=None)
                return
            if not self.plan.missed(push, now):
                await self._begin(connection, push, quiz, [each for each in push.classes if each in allowed])
            await pushes.move(connection, number, push.state, next_at=self.plan.following(push, now))

    async def remind(self, run: Run) -> None:
        """Put the reminders of a run into the queue; who has finished gets none. Raises StorageError."""
        now = self.store.now()
        async with self.store.writing() as connection:
            if await Runs(self.store).mark(connection, run.id, reminded_at=now):
                deliveries = Deliveries(self.store)
                await deliveries.to_people(connection, run.id, reached(run.id), what=What.REMINDER, due_at=now)

    async def close(self, run: Run) -> None:
        """The time of a run is over: polls end, and the classes are told what came of it. Raises StorageError."""
        now, pushes = self.store.now(), Pushes(self.store)
        async with self.store.writing() as connection:
            push = await pushes.push(run.push, connection)
            if push is None or not await Runs(self.store).mark(connection, run.id, closed_at=now):
                return
            await Deliveries(self.store).close(connection, run.id)
            await self._end_polls(connection, run.id)
            if run.version is not None and push.state is not PushState.CANCELLED:
                await self._results(connection, run.id, push)
            ended = push.next_at is None and not await Runs(self.store).going(connection, push.id)
            if ended and push.state in (PushState.SCHEDULED, PushState.PAUSED):
                await pushes.move(connection, push.id, PushState.DONE)

    async def _begin(
        self, connection: AsyncConnection, push: Push, quiz: FrozenQuiz | None, classes: Sequence[int]
    ) -> None:
        now, runs, version = self.store.now(), Runs(self.store), None
        if quiz is not None:
            version = await runs.keep_version(connection, quiz.id, quiz.digest, quiz.dump())
        run = await runs.start(connection, self.plan.run(push, version, now))
        if run is None:
            return
        deliveries, steps, many = Deliveries(self.store), 1 + (len(quiz.questions) if quiz else 0), 0
        for class_ in classes:  # the queue is worked off in the order of its rows
            to = people(class_, push.readers, self.postings.keys(), classes=classes)
            many += await deliveries.to_people(connection, run, to, what=What.PUSH, due_at=now)
            await deliveries.to_groups(connection, run, class_, what=What.PUSH, due_at=now, steps=steps)
        log.info("pushes.started", push=push.id, run=run, people=many)

    async def _results(self, connection: AsyncConnection, run: int, push: Push) -> None:
        deliveries, at = Deliveries(self.store), self.plan.awake(self.store.now())
        await deliveries.to_people(connection, run, reached(run), what=What.RESULT, due_at=at)
        for class_ in push.classes:
            await deliveries.to_groups(connection, run, class_, what=What.RESULT, due_at=at)

    async def _end_polls(self, connection: AsyncConnection, run: int) -> None:
        for poll in await GroupPolls(self.store).ending(connection, run):
            posting = self.postings.get(poll.channel)
            if posting is not None:
                ending = replace(posting.end_poll(poll.address, poll.message), delivery=None)
                await queue(connection, self.store, poll.channel, [ending])
