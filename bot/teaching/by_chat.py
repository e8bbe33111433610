"""What vice principals do from a chat of their own: their classes, sending a quiz, their pushes, and results."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.core.audience import Audience
from bot.core.decision import Choice
from bot.core.posting import Spoken
from bot.core.quiz_types import Band
from bot.storage.chat_links import ChatLinks
from bot.storage.push_types import Push, PushDraft, PushKind, PushState
from bot.storage.schools import SchoolClass
from bot.storage.staff import Member, Role, StaffRecords
from bot.teaching.chat_results import ChatResults
from bot.teaching.classes import Classes
from bot.teaching.errors import TeachingError
from bot.teaching.frozen import FreezeError
from bot.teaching.push_check import PushError
from bot.teaching.push_words import PushWords
from bot.teaching.pushes import PushWork
from bot.teaching.receiving import receiving

#: Pushes that are listed at most.
LISTED = 8
#: Where the same quiz was sent to the same class so shortly before, the button was pressed twice.
TWICE = dt.timedelta(minutes=10)
MORNING = dt.time(8, 0)
#: Signs for the classes in a button; it carries 64 in Telegram, most of them the name of the quiz.
LONGEST_CLASSES = 20


class OldButtonError(Exception):
    """A button that means nothing any more."""


@dataclass(frozen=True, slots=True)
class ByChat:
    """The ``Principals`` over teaching."""

    classes: Classes
    pushes: PushWork
    words: PushWords
    results: ChatResults

    async def ask(self, chat: str, asked: str) -> Spoken:
        """Do what a command or a button asks, for the vice principal whose chat this is. Raises StorageError."""
        member = await self._member(chat)
        if member is None:
            return Spoken(self._say("chat_unknown"))
        verb, _, value = asked.partition(":")
        try:
            return await self._ways(chat)[verb](member, value)
        except TeachingError as error:
            return Spoken(self.pushes.library().messages.get(error.key, self._say("chat_old")))
        except (KeyError, ValueError, OldButtonError):
            return Spoken(self._say("chat_old"))

    def _ways(self, chat: str) -> dict[str, Callable[[Member, str], Awaitable[Spoken]]]:
        return {
            "myclasses": self._classes,
            "push": self._pushes,
            "results": self.results.list,
            "new": self._new,
            "c": self._quizzes,
            "q": self._confirm,
            "go": self._go,
            "p": self._pause,
            "r": self._resume,
            "x": self._sure,
            "xx": self._cancel,
            "res": lambda member, value: self.results.run(member, value, chat),
        }

    async def _classes(self, member: Member, _: str) -> Spoken:
        mine = await self.classes.classes(member)
        if not mine:
            return Spoken(self._say("chat_no_classes"))
        joined = await self.classes.counts(mine)
        lines = [self._say("chat_classes").format(count=len(mine))]
        for each in mine:
            counts = joined[each.id]
            students, parents = counts.get(Audience.STUDENT, 0), counts.get(Audience.PARENT, 0)
            line = self._say("chat_class").format(
                school=each.school_name, name=each.name, students=students, parents=parents
            )
            lines.append(line)
        return Spoken("\n".join(lines), (Choice(self._say("chat_new"), "new"),))

    async def _pushes(self, member: Member, _: str) -> Spoken:
        going = [item for item in await self.pushes.mine(member) if not item.state.over][:LISTED]
        new = Choice(self._say("chat_new"), "new")
        if not going:
            return Spoken(self._say("chat_no_pushes"), (new,))
        buttons = [button for item in going for button in self._buttons(item)]
        return Spoken("\n".join([self._say("chat_pushes"), *map(self._line, going)]), (new, *buttons))

    async def _new(self, member: Member, value: str) -> Spoken:
        """The classes to choose from; ``value``: those chosen before, in order."""
        mine = await self.classes.classes(member)
        if not mine:
            return Spoken(self._say("chat_no_classes"))
        chosen = await self._chosen(member, value) if value else []
        key = "chat_pick_next" if chosen else "chat_pick_class"
        return Spoken(self._say(key).format(names=_names(chosen)), tuple(_further(mine, chosen)))

    async def _quizzes(self, member: Member, value: str) -> Spoken:
        chosen = await self._chosen(member, value)
        own = {f"own:{row.id}": row.item for row in await self.pushes.shelf.quizzes(member.id)}
        every = {**own, **self.pushes.shelf.bank().quizzes}
        bands = {Band.PARENTS, *(each.band for each in chosen)}
        fitting = [(name, quiz) for name, quiz in every.items() if quiz.band in bands]
        fitting.sort(key=lambda pair: pair[1].band is Band.PARENTS)
        buttons = [Choice(quiz.title, f"q:{_numbers(chosen)}:{name}") for name, quiz in fitting]
        said, mine = self._say("chat_pick_quiz").format(name=self._to(chosen)), await self.classes.classes(member)
        if _further(mine, chosen):
            buttons.append(Choice(self._say("chat_more"), f"new:{_numbers(chosen)}"))
        elif len(mine) > len(chosen):
            said += "\n" + self._say("chat_full")
        return Spoken(said, tuple(buttons))

    async def _confirm(self, member: Member, value: str) -> Spoken:
        numbers, _, name = value.partition(":")
        chosen = await self._chosen(member, numbers)
        draft = await self._draft(member, chosen, name, "now")
        quiz = await self.pushes.shelf.quiz(member.id, name)
        said = {"title": quiz.title, "all": len(quiz.questions), "name": self._to(chosen), "when": self._when(draft)}
        found, messages = await receiving(self.pushes.store, draft, quiz), self.pushes.library().messages
        lines = [self._say("chat_confirm").format(**said), *found.told(messages)]
        buttons = [
            Choice(self._say(key), f"go:{_numbers(chosen)}:{name}:{when}")
            for key, when in (("chat_now", "now"), ("chat_morning", "am"))
        ]
        if warnings := found.warnings(messages):
            lines += [self._say("chat_doubts"), *(f"· {each}" for each in warnings)]
            buttons.insert(0, Choice(self._say("chat_other"), f"c:{_numbers(chosen)}"))
        return Spoken("\n".join(lines), tuple(buttons))

    async def _go(self, member: Member, value: str) -> Spoken:
        numbers, _, rest = value.partition(":")
        name, _, when = rest.rpartition(":")
        chosen = await self._chosen(member, numbers)
        draft = await self._draft(member, chosen, name, when)
        since = self.pushes.store.now() - TWICE
        same = draft.classes, name
        before = [item for item in await self.pushes.mine(member) if (item.classes, item.subject) == same]
        made = next(
            (item for item in before if item.created_at > since and item.state is not PushState.CANCELLED), None
        )
        push = made or await self.pushes.make(member, draft)
        key = "chat_asked" if push.state is PushState.ASKED else "chat_sent"
        said = self._say(key).format(title=push.title, name=self._to(chosen), when=self._when(draft))
        return Spoken(said, tuple(self._buttons(push)))

    async def _chosen(self, member: Member, numbers: str) -> list[SchoolClass]:
        """The classes that a button names, in the order in which they were chosen. Raises TeachingError."""
        return [await self.classes.own_class(member, number) for number in dict.fromkeys(map(int, numbers.split(",")))]

    async def _draft(self, member: Member, chosen: Sequence[SchoolClass], name: str, when: str) -> PushDraft:
        """The push as it would be kept. Raises TeachingError."""
        now = self.pushes.store.now()
        try:
            quiz = await self.pushes.shelf.quiz(member.id, name)
        except FreezeError:
            raise PushError("no_quiz") from None
        reader = Audience.PARENT if quiz.band is Band.PARENTS else Audience.STUDENT
        local = now.astimezone(self.words.zone)
        morning = local.replace(hour=MORNING.hour, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)
        wanted = PushDraft(
            kind=PushKind.QUIZ,
            title="",
            subject=name,
            classes=tuple(each.id for each in chosen),
            readers=(reader,),
            next_at=morning if when == "am" else now,
        )
        return await self.pushes.check(member, wanted)

    async def _pause(self, member: Member, value: str) -> Spoken:
        return self._told(await self.pushes.pause(member, int(value)))

    async def _resume(self, member: Member, value: str) -> Spoken:
        return self._told(await self.pushes.resume(member, int(value)))

    async def _sure(self, member: Member, value: str) -> Spoken:
        push = await self.pushes.push(member, int(value))
        said = self._say("chat_cancel_sure").format(title=push.title)
        return Spoken(said, (Choice(self._say("chat_cancel_yes"), f"xx:{push.id}"),))

    async def _cancel(self, member: Member, value: str) -> Spoken:
        return self._told(await self.pushes.cancel(member, int(value)))

    def _told(self, push: Push) -> Spoken:
        return Spoken(f"{self._say('chat_done')}\n{self._line(push)}", tuple(self._buttons(push)))

    def _line(self, push: Push) -> str:
        following = self._say("chat_next").format(at=self.words.day(push.next_at)) if push.next_at else ""
        state = self._say(f"state_{push.state}")
        return "· " + self._say("chat_push").format(title=push.title, state=state, next=following)

    def _buttons(self, push: Push) -> list[Choice]:
        found = []
        if push.state is PushState.SCHEDULED:
            found.append(Choice(self._say("chat_pause").format(title=push.title), f"p:{push.id}"))
        if push.state is PushState.PAUSED:
            found.append(Choice(self._say("chat_resume").format(title=push.title), f"r:{push.id}"))
        if not push.state.over:
            found.append(Choice(self._say("chat_cancel").format(title=push.title), f"x:{push.id}"))
        return found

    def _to(self, chosen: Sequence[SchoolClass]) -> str:
        names = _names(chosen)
        return self._say("chat_in_order").format(names=names) if len(chosen) > 1 else names

    def _when(self, draft: PushDraft) -> str:
        if draft.next_at <= self.pushes.store.now():
            return self._say("chat_when_now")
        return self._say("chat_when").format(at=self.words.day(draft.next_at))

    async def _member(self, chat: str) -> Member | None:
        owner = await ChatLinks(self.pushes.store).owner(chat)
        member = None if owner is None else await StaffRecords(self.pushes.store).member(owner)
        fits = member is not None and member.active and member.role is Role.VICE_PRINCIPAL
        return member if fits else None

    def _say(self, key: str) -> str:
        return self.pushes.library().messages[f"teach_push.{key}"]


def _named(chosen: SchoolClass) -> str:
    return f"{chosen.school_name}{chosen.name}"


def _names(chosen: Sequence[SchoolClass]) -> str:
    several = len({each.school for each in chosen}) > 1
    return "、".join(_named(each) if several else each.name for each in chosen)


def _numbers(chosen: Sequence[SchoolClass]) -> str:
    return ",".join(str(each.id) for each in chosen)


def _further(mine: Sequence[SchoolClass], chosen: Sequence[SchoolClass]) -> list[Choice]:
    """Buttons for the classes that may come next, where a button has room for one more."""
    left = [(each, _numbers([*chosen, each])) for each in mine if each not in chosen]
    return [Choice(_named(each), f"c:{numbers}") for each, numbers in left if len(numbers) <= LONGEST_CLASSES]
