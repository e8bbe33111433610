"""What vice principals do with pushes: make, have approved, pause, go on, cancel; who may, and what is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.content_types import Library
from bot.storage.audit import AuditLog
from bot.storage.deliveries import Deliveries, DeliveryState
from bot.storage.push_types import Push, PushDraft, PushState, Run
from bot.storage.pushes import Pushes
from bot.storage.runs import Runs
from bot.storage.schools import SealedSchools
from bot.storage.staff import Member, Role
from bot.storage.store import Store
from bot.teaching.plan import Plan
from bot.teaching.push_check import PushError, checked
from bot.teaching.shelf import Shelf

#: Pushes of one person that go on at the same time.
MOST = 50


@dataclass(frozen=True, slots=True)
class PushWork:
    """Pushes of vice principals. Raises TeachingError where something may not be, and StorageError.

    ``two_people``: what somebody wrote goes out only after another has approved it. ``changed`` is told of every
    change, so that what is due goes out at once.
    """

    store: Store
    shelf: Shelf
    library: Callable[[], Library]
    plan: Plan
    audit: AuditLog
    two_people: bool = False
    changed: Callable[[], None] = lambda: None

    async def mine(self, member: Member) -> Sequence[Push]:
        """One's own pushes, newest first."""
        return await Pushes(self.store).of(member.id)

    async def push(self, member: Member, number: int) -> Push:
        """One of one's own pushes, or one that one may approve. Raises TeachingError."""
        found = await Pushes(self.store).push(number)
        if found is None or not (found.staff == member.id or await self._may_approve(member, found)):
            raise PushError("no_push")
        return found

    async def to_approve(self, member: Member) -> Sequence[Push]:
        """The pushes of others that wait for somebody like this member, oldest first."""
        waiting = await Pushes(self.store).asked()
        return [item for item in waiting if await self._may_approve(member, item)]

    async def runs(self, member: Member, number: int) -> Sequence[Run]:
        """The runs of a push, newest first. Raises TeachingError."""
        await self.push(member, number)
        return await Runs(self.store).runs(number)

    async def check(self, member: Member, draft: PushDraft) -> PushDraft:
        """The push as it would be kept: texts trimmed, ``next_at`` the moment at which it really goes out.

        A moment that has passed means now. Raises TeachingError.
        """
        allowed = await Pushes(self.store).allowed(member.id, draft.classes)
        theirs = member.role is Role.VICE_PRINCIPAL and bool(draft.classes) and allowed == set(draft.classes)
        now = self.store.now()
        title = await checked(draft, member.id, self.shelf, library=self.library(), now=now, theirs=theirs)
        at, classes = self.plan.first(draft.next_at, now), tuple(dict.fromkeys(draft.classes))
        return replace(draft, title=title, text=draft.text.strip(), next_at=at, classes=classes)

    async def make(self, member: Member, draft: PushDraft, *, send: bool = True) -> Push:
        """Keep a push; ``send``: it goes out, or to a second person. Raises TeachingError."""
        kept = await self.check(member, draft)
        going = [item for item in await self.mine(member) if not item.state.over]
        if len(going) >= MOST:
            raise PushError("too_many")
        async with self.store.writing() as connection:
            number = await Pushes(self.store).make(connection, member.id, kept, self._begins(send=send))
            await self._noted(connection, member, "push.make", number)
        return await self.push(member, number)

    async def change(self, member: Member, number: int, draft: PushDraft, *, send: bool = True) -> Push:
        """Put another in the place of one that never went out; it is to be approved anew. Raises TeachingError."""
        kept = await self.check(member, draft)
        async with self.store.writing() as connection:
            push = await self._own(connection, member, number)
            if push.state.over or await Runs(self.store).runs(number):
                raise PushError("went_out")
            await Pushes(self.store).change(connection, number, kept, self._begins(send=send))
            await self._noted(connection, member, "push.change", number)
        return await self.push(member, number)

    async def submit(self, member: Member, number: int) -> Push:
        """Send out a draft, or have it approved first. Raises TeachingError."""
        return await self._moved(member, number, {PushState.DRAFT}, self._begins(send=True))

    async def approve(self, member: Member, number: int) -> Push:
        """Let a colleague's push go out. Raises TeachingError."""
        async with self.store.writing() as connection:
            push = await self._to_approve(connection, member, number)
            at = self._again(push)
            await Pushes(self.store).move(connection, number, PushState.SCHEDULED, approved_by=member.id, next_at=at)
            await self._noted(connection, member, "push.approve", number)
        return await self.push(member, number)

    async def send_back(self, member: Member, number: int) -> None:
        """Do not let a colleague's push go out: it is a draft again. Raises TeachingError."""
        async with self.store.writing() as connection:
            await self._to_approve(connection, member, number)
            await Pushes(self.store).move(connection, number, PushState.DRAFT)
            await self._noted(connection, member, "push.send_back", number)

    async def pause(self, member: Member, number: int) -> Push:
        """Nothing of it goes out until it goes on; what is being sent at this moment still arrives."""
        return await self._moved(member, number, {PushState.SCHEDULED}, PushState.PAUSED)

    async def resume(self, member: Member, number: int) -> Push:
        """It goes on. Raises TeachingError."""
        return await self._moved(member, number, {PushState.PAUSED}, PushState.SCHEDULED)

    async def cancel(self, member: Member, number: int) -> Push:
        """Nothing of it goes out any more, and its quiz takes no more answers. Raises TeachingError."""
        every = {state for state in PushState if not state.over}
        return await self._moved(member, number, every, PushState.CANCELLED)

    async def _moved(self, member: Member, number: int, before: set[PushState], after: PushState) -> Push:
        async with self.store.writing() as connection:
            push = await self._own(connection, member, number)
            if push.state is after:  # the button was pressed twice
                return push
            if push.state not in before:
                raise PushError("state")
            at = None if after is PushState.CANCELLED else self._again(push)
            await Pushes(self.store).move(connection, number, after, next_at=at)
            if after in (PushState.PAUSED, PushState.CANCELLED):
                back = DeliveryState.WAITING if after is PushState.PAUSED else DeliveryState.DROPPED
                await Deliveries(self.store).take_back(connection, number, back)
            await self._noted(connection, member, f"push.{after}", number)
        return await self.push(member, number)

    def _begins(self, *, send: bool) -> PushState:
        if not send:
            return PushState.DRAFT
        return PushState.ASKED if self.two_people else PushState.SCHEDULED

    def _again(self, push: Push) -> dt.datetime | None:
        """Its moment, or the first one that is left where that has passed."""
        now = self.store.now()
        if push.next_at is None or push.next_at > now:
            return push.next_at
        return self.plan.following(push, now) or self.plan.awake(now)

    async def _own(self, connection: AsyncConnection, member: Member, number: int) -> Push:
        push = await Pushes(self.store).push(number, connection)
        if push is None or push.staff != member.id or not member.active:
            raise PushError("no_push")
        return push

    async def _to_approve(self, connection: AsyncConnection, member: Member, number: int) -> Push:
        push = await Pushes(self.store).push(number, connection)
        if push is None or not await self._may_approve(member, push):
            raise PushError("no_push")
        if push.state is not PushState.ASKED:
            raise PushError("state")
        return push

    async def _may_approve(self, member: Member, push: Push) -> bool:
        """Another vice principal of all its classes, or a supervisor of the region."""
        if push.staff == member.id or not member.active or push.state is PushState.DRAFT:
            return False
        if member.role is Role.VICE_PRINCIPAL:
            return set(push.classes) <= await Pushes(self.store).allowed(member.id, push.classes)
        if member.role is not Role.SUPERVISOR:
            return False
        schools = SealedSchools(self.store)
        classes = [await schools.class_(number) for number in push.classes]
        return all(item is not None and member.post.region in ("", item.region) for item in classes)

    async def _noted(self, connection: AsyncConnection, member: Member, action: str, number: int) -> None:
        await self.audit(connection, member.holder, action, None, str(number))
        self.changed()
