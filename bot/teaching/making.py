"""Makes up the message of a delivery: what it says now, to whoever it goes; nothing where it is not wanted any more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.ports import Outgoing
from bot.core.posting import Posting
from bot.storage.deliveries import Due, What
from bot.storage.pushes import Pushes
from bot.storage.runs import Runs
from bot.storage.store import Store
from bot.teaching.frozen import FrozenQuiz
from bot.teaching.push_words import PushWords, Sent, as_poll, result


@dataclass(frozen=True, slots=True)
class Making:
    """``results`` gives what a class is told of a run's results; empty for nothing."""

    store: Store
    words: PushWords
    results: Callable[[int, int], Awaitable[str]]

    async def make(self, due: Sequence[Due], postings: Mapping[str, Posting]) -> Mapping[int, Outgoing]:
        """The messages of deliveries, by their numbers. Raises StorageError."""
        sent = {number: await self._sent(number) for number in {item.run for item in due}}
        told = {key: await self.results(*key) for key in {(d.run, d.class_) for d in due if d.what is What.RESULT}}
        done = await self._finished(due, postings)
        made: dict[int, Outgoing] = {}
        for item in due:
            posting, of_run = postings.get(item.channel), sent[item.run]
            if posting is None or item.address is None or of_run is None or item.id in done:
                continue
            message = self._one(item, posting, of_run, told.get((item.run, item.class_), ""))
            if message is not None:
                made[item.id] = replace(message, delivery=item.id)
        return made

    def _one(self, item: Due, posting: Posting, sent: Sent, told: str) -> Outgoing | None:
        address = item.address or ""
        if item.what is What.RESULT:
            return posting.message(address, result(told)) if told else None
        if item.what is What.REMINDER:
            return posting.message(address, self.words.reminder(sent))
        if not item.group:
            return posting.message(address, self.words.for_person(sent))
        if item.step == 0:
            return posting.message(address, self.words.for_group(sent))
        if sent.quiz is None or item.step > len(sent.quiz.questions):
            return None
        return posting.poll(address, as_poll(sent.quiz.questions[item.step - 1]))

    async def _sent(self, number: int) -> Sent | None:
        run = await Runs(self.store).run(number)
        push = await Pushes(self.store).push(run.push) if run else None
        if run is None or push is None:
            return None
        body = await Runs(self.store).quiz(number) if run.version is not None else None
        return Sent(push, run, FrozenQuiz.load(body) if body else None)

    async def _finished(self, due: Sequence[Due], postings: Mapping[str, Posting]) -> frozenset[int]:
        """The reminders to people who have finished meanwhile; who they are is known to nobody but their own chat."""
        takers: dict[int, dict[str, int]] = {}
        for item in due:
            if item.what is What.REMINDER and item.address is not None and item.channel in postings:
                talk = postings[item.channel].talk(item.address)
                takers.setdefault(item.run, {})[self.store.vault.pseudonym(f"{item.run}:{talk}")] = item.id
        found: set[int] = set()
        for run, names in takers.items():
            found |= {names[name] for name in await Runs(self.store).finished(run, names.keys())}
        return frozenset(found)
