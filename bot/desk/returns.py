"""Coming back by code: the talk is opened with what only the person holds, and goes on from where they are now."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.core.desk import CaseState, Receipt
from bot.core.message import Origin
from bot.core.returns import Returned, ReturnedMessage
from bot.desk.news import Event, News
from bot.desk.sealing import SealError, normal_code, open_with, receipt_pair
from bot.desk.service import receipt_key_name, receipt_secret_of
from bot.storage.case_rows import CaseRow
from bot.storage.casework import SealedCasework
from bot.storage.moving import move
from bot.storage.outbox import read_elsewhere
from bot.storage.store import Store


@dataclass(frozen=True, slots=True)
class CaseReturns:
    """The ``Returns`` over a store."""

    store: Store
    news: News

    async def open(self, code: str, origin: Origin) -> Returned | None:
        """What was said in the case of this code; None where there is none. Raises StorageError.

        An open case moves to where the person is now, and what they write there belongs to it. The text is opened with
        a key that is derived from the code and forgotten with this call.
        """
        if normal_code(code) is None:
            return None
        work = SealedCasework(self.store)
        secret = await asyncio.to_thread(receipt_secret_of, self.store, code)
        case = await work.by_receipt(receipt_key_name(self.store, secret))
        if case is None:
            return None
        private = receipt_pair(secret, case.receipt_salt).private
        if case.state != CaseState.CLOSED:
            case = await self._moved(case, origin)
        closed = case.state == CaseState.CLOSED
        if closed and case.untold:
            async with self.store.writing() as connection:
                await work.caught_up(connection, case.id, case.untold)
        # Once they are answered here: what is written to where they were until then must not be missed.
        messages = tuple(_opened(private, row) for row in await work.messages(case.id) if row.for_child)
        receipt = Receipt(case.opened_at, None if closed else case.due_at, case.seen_at)
        return Returned(tuple(filter(None, messages)), receipt, closed)

    async def _moved(self, case: CaseRow, origin: Origin) -> CaseRow:
        """The case as it stands, moved to where the person is now unless it was closed at that very moment."""
        async with self.store.writing() as connection:
            row = await SealedCasework(self.store).locked(connection, case.id)
            if row is None or row.state == CaseState.CLOSED:
                return row or case
            other = await move(connection, self.store, case.id, origin)
            # What is still on its way to where they were is read here, and nobody else is to read it there.
            await read_elsewhere(connection, case.id, moved=row.talk != self.store.vault.pseudonym(origin.talk))
        self.news.publish(Event("message", case.id))
        if other is not None:
            self.news.publish(Event("noted", other))
        return row


def _opened(private: bytes, row: CaseRow) -> ReturnedMessage | None:
    try:
        text = open_with(private, row.for_child).decode("utf-8", "replace")
    except SealError:
        return None
    return ReturnedMessage(row.at, row.author, text)
