"""What failed is tried again in time: soon where somebody may be in danger, at once where the store works again."""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.channels.telegram.again import TRIES, Again
from bot.channels.telegram.pace import Pace
from bot.core.ports import Received
from bot.storage.errors import DatabaseLockedError

PUPIL, OTHER, THIRD = 501, 502, 503
LOCKED, BROKEN = DatabaseLockedError(), ValueError()


@dataclass
class Clock:
    time: float = 1000.0

    def __call__(self) -> float:
        return self.time


def said(number: int, chat: int) -> Received:
    return Received(number, number, json.dumps({"message": {"chat": {"id": chat}}}).encode())


def failing(item: Received, error: Exception, *, vital: bool = False, times: int = 20) -> tuple[Again, Clock]:
    """It has failed for so many times, each when it was due at the latest."""
    clock = Clock()
    again = Again(Pace(), clock)
    for _ in range(times):
        clock.time += 1000.0
        again.failed(item, error, vital=vital)
    return again, clock


def test_whoever_may_be_in_danger_is_tried_every_few_seconds_and_the_rest_ever_more_rarely() -> None:
    item = said(1, PUPIL)
    for error, vital in ((LOCKED, True), (BROKEN, True), (LOCKED, False)):
        again, clock = failing(item, error, vital=vital)
        clock.time += Pace().retry_vital
        assert again.ready([item]) in (([item], []), ([], [item]))
    again, clock = failing(item, BROKEN)
    clock.time += Pace().retry_vital
    assert again.ready([item]) == ([], [])


def test_once_anything_is_settled_what_failed_for_the_store_is_tried() -> None:
    item, other = said(1, PUPIL), said(2, OTHER)
    again, _ = failing(item, LOCKED, vital=True)
    assert again.ready([item]) == ([], [])
    again.settled(other)
    assert again.ready([item]) == ([item], [])


def test_what_the_store_is_not_to_blame_for_is_not_tried_at_every_turn_of_others() -> None:
    item, other = said(1, PUPIL), said(2, OTHER)
    again, _ = failing(item, BROKEN)
    again.settled(other)
    assert again.ready([item]) == ([], [])


def test_a_later_message_brings_the_earlier_one_of_its_chat_with_it_once() -> None:
    item, later, other = said(1, PUPIL), said(2, PUPIL), said(3, OTHER)
    again, _ = failing(item, LOCKED)
    assert again.ready([item, other]) == ([other], [])
    assert again.ready([item, later, other]) == ([item, later, other], [])
    again.failed(item, LOCKED, vital=False)
    assert again.ready([item, later, other]) == ([later, other], [])


def test_it_says_for_how_long_there_is_nothing_to_try() -> None:
    item = said(1, PUPIL)
    again, clock = failing(item, LOCKED)
    assert again.pause() == Pace().retry_vital
    clock.time += Pace().retry_vital
    assert again.pause() == 0.0


def test_what_is_worked_on_beside_the_others_keeps_its_talk_waiting_and_is_not_tried_twice() -> None:
    item, later, other = said(1, PUPIL), said(2, PUPIL), said(3, OTHER)
    again, _ = failing(item, BROKEN)
    again.begun(item)
    assert again.ready([item, later, other]) == ([later, other], [])
    assert (again.holds(later), again.holds(other)) == (True, False)
    assert again.pause() > Pace().idle
    again.settled(item)
    assert not again.holds(later)


def test_nothing_waits_for_what_is_pending_no_more() -> None:
    item, later = said(1, PUPIL), said(2, PUPIL)
    again, _ = failing(item, BROKEN, times=1)
    assert again.ready([later]) == ([later], [])
    assert not again.holds(later)


def test_what_failed_often_is_tried_after_what_others_write() -> None:
    item, other = said(1, PUPIL), said(2, OTHER)
    again, clock = failing(item, BROKEN)
    clock.time += Pace().retry_most
    assert again.ready([item, other]) == ([other], [item])


def test_a_chat_waits_for_its_own_message_a_few_times_and_others_never() -> None:
    item, later, other = said(1, PUPIL), said(2, PUPIL), said(3, OTHER)
    for times in range(1, TRIES):
        again, _ = failing(item, BROKEN, times=times)
        assert again.holds(later)
        assert not again.holds(item)
        assert not again.holds(other)
    again, _ = failing(item, BROKEN, times=TRIES)
    assert not again.holds(later)
