"""Puts teaching together: classes, lessons within the talk, and the pages of classes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from starlette.routing import BaseRoute

from bot.channels.guesses import Guesses
from bot.content.taught import TaughtContent
from bot.core.content_types import Library
from bot.core.posting import Posting
from bot.core.school_days import read_vacations
from bot.settings import Settings
from bot.staff.pages import StaffSite
from bot.staff.teach.site import TeachWith, create_teach
from bot.storage.audit import AuditLog
from bot.storage.group_polls import GroupPolls
from bot.storage.outbox import queue
from bot.storage.store import Store
from bot.teaching.boards import ClassBoards
from bot.teaching.by_chat import ByChat
from bot.teaching.chat_results import ChatResults
from bot.teaching.classes import Classes
from bot.teaching.joining import Finder
from bot.teaching.lessons import ClassLessons
from bot.teaching.making import Making
from bot.teaching.plan import Plan, QuietHours
from bot.teaching.push_words import PushWords
from bot.teaching.pushes import PushWork
from bot.teaching.pushing import Pusher
from bot.teaching.results import ClassResults
from bot.teaching.shelf import Shelf
from bot.teaching.starting import Starting
from bot.teaching.studio import Studio

#: Wrong codes of classes within an hour: from one place, where a whole school may type, and in all.
WRONG_HERE, WRONG_IN_ALL = 20, 3000


@dataclass(slots=True)
class TeachingParts:
    """Teaching in a running service. ``root`` holds the content.

    ``postings`` and ``wakes`` (of the senders that have work then) are filled as channels are made.
    """

    settings: Settings
    store: Store
    library: Callable[[], Library]
    now: Callable[[], dt.datetime]
    root: Path
    postings: dict[str, Posting] = field(default_factory=dict)
    wakes: list[Callable[[], None]] = field(default_factory=list)
    guesses: Guesses = field(default_factory=lambda: Guesses(WRONG_HERE, WRONG_IN_ALL))
    audit: AuditLog = field(init=False)
    classes: Classes = field(init=False)
    lessons: ClassLessons = field(init=False)
    boards: ClassBoards = field(init=False)
    taught: TaughtContent = field(init=False)
    shelf: Shelf = field(init=False)
    results: ClassResults = field(init=False)
    studio: Studio = field(init=False)
    plan: Plan = field(init=False)
    pushes: PushWork = field(init=False)
    pusher: Pusher = field(init=False)
    principals: ByChat = field(init=False)
    polls: GroupPolls = field(init=False)

    def __post_init__(self) -> None:
        self.audit = AuditLog(self.store)
        self.classes = Classes(self.store, self.audit)
        self.lessons = ClassLessons.over(self.store, self.library, self.guesses)
        self.boards = ClassBoards(self.store, self.library, Finder(self.store, self.guesses), self.audit)
        self.taught = TaughtContent(self.root, self.library)
        self.shelf = Shelf(self.store, self.taught.bank)
        self.results, self.studio = ClassResults(self.store, self.library), Studio()
        self._push()

    def pages(
        self, site: StaffSite, bot_name: Callable[[], str], chat_token: Callable[[int], Awaitable[str]] | None
    ) -> list[BaseRoute]:
        """The pages of vice principals; without Telegram there is no name and no token."""
        given = TeachWith(
            store=self.store,
            audit=self.audit,
            library=self.library,
            bank=self.taught.bank,
            classes=self.classes,
            pushes=self.pushes,
            results=self.results,
            now=self.now,
            studio=self.studio,
            public_url=self.settings.public_url,
            bot_name=bot_name,
            chat_token=chat_token,
        )
        return create_teach(site, given)

    def _push(self) -> None:
        store, words = self.store, PushWords(self.library, self.settings.zone)
        vacations = read_vacations(self.settings.vacations)
        quiet = QuietHours.read(self.settings.quiet_hours)
        self.plan = Plan(self.settings.zone, quiet, lambda: self.taught.calendar().without(vacations))
        starting = Starting(store, self.shelf, self.plan, self.postings)
        self.pusher = Pusher(store, self.plan, starting, Making(store, words, self.results.message), self._wake)
        self.pushes = PushWork(
            store=store,
            shelf=self.shelf,
            library=self.library,
            plan=self.plan,
            audit=self.audit,
            two_people=self.settings.push_approval,
            changed=self.pusher.ring,
        )
        results = ChatResults(self.results, self.studio, words, self._show)
        self.principals, self.polls = ByChat(self.classes, self.pushes, words, results), GroupPolls(store)

    def _wake(self) -> None:
        for wake in self.wakes:
            wake()

    async def _show(self, chat: str, png: bytes) -> None:
        """A picture for a vice principal who asked for it, in whichever channel's chat that is."""
        for channel, posting in self.postings.items():
            async with self.store.writing() as connection:
                await queue(connection, self.store, channel, [posting.picture(chat, png)])
        self._wake()
