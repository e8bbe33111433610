"""The ladder as it climbs, on a case on paper: each step is applied and the clock turned to the next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.desk import CaseState
from bot.core.risk import RiskLevel
from bot.desk.actions import Alert, GiveBack, Plan, SetDue, TellChild
from bot.desk.clocks import plan
from bot.desk.duty import DutyState, Member
from bot.desk.facts import Done, Facts
from bot.desk.limits import ClockLimits

NINE = dt.datetime(2026, 11, 21, 21, 0, tzinfo=dt.UTC)
LIMITS = ClockLimits()
FIRST, SECOND, BOSS = (Member(number, line, "", "", number == 3) for number, line in ((1, 1), (2, 2), (3, 2)))
STAFFED = DutyState(True, None, (FIRST,), (SECOND,), (BOSS,))
NOBODY = DutyState(False, NINE + dt.timedelta(hours=10), (), (), (BOSS,))


def minutes(number: float) -> dt.timedelta:
    return dt.timedelta(minutes=number)


@dataclass
class Paper:
    """A case on paper, with a clock that is turned to the next moment that the plan names."""

    facts: Facts
    duty: DutyState = STAFFED
    now: dt.datetime = NINE
    told: list[tuple[float, str]] = field(default_factory=list)
    said: list[tuple[float, str, int, tuple[int, ...]]] = field(default_factory=list)

    def settle(self) -> Plan:
        """Do what is due until nothing is."""
        if self.facts.leaves_at is not None and self.facts.leaves_at <= self.now:
            self.facts = replace(self.facts, leaves_at=None, left=True)
        for _ in range(12):
            due = plan(self.facts, self.duty, LIMITS, self.now)
            if not due.actions:
                return due
            for action in due.actions:
                self._do(action)
        raise AssertionError("the clock does not rest")

    def run(self, until: float) -> Paper:
        """Let so many minutes pass since nine."""
        while True:
            due = self.settle()
            end = NINE + minutes(until)
            if due.over or due.wake is None or due.wake > end:
                self.now = end
                return self
            assert due.wake > self.now
            self.now = due.wake

    def _do(self, action: object) -> None:
        passed = (self.now - NINE) / minutes(1)
        if isinstance(action, Alert):
            self.said.append((passed, action.reason, action.rung, tuple(sorted(action.to))))
            done = Done(action.reason, action.rung, self.now, to=action.to)
            self.facts = replace(self.facts, done=(*self.facts.done, done))
        elif isinstance(action, TellChild):
            # Nobody hears that none is there while one is, nor that they wait for an answer which they have.
            assert action.what == "left" or self.facts.awaited
            assert action.what != "alone" or not (self.duty.on_duty or self.facts.attended)
            self.told.append((passed, action.what))
        elif isinstance(action, GiveBack):
            gone = {"holder": None, "taken_at": None, "left": False, "leaves_at": None, "barred": False}
            self.facts = replace(self.facts, state=CaseState.WAITING, rung=0, **gone)
        elif isinstance(action, SetDue):
            self.facts = replace(self.facts, due_at=action.due_at, rung=action.rung)

    def taken(self, holder: int = 1) -> Paper:
        self.facts = replace(self.facts, state=CaseState.TAKEN, holder=holder, taken_at=self.now)
        return self

    def answered(self) -> Paper:
        self.facts = replace(self.facts, staff_at=self.now, unanswered=False, due_at=None, rung=0)
        return self

    def child(self, due: bool = True) -> Paper:
        wait = LIMITS.answer_within(self.facts.level)
        fresh = self.now + wait if due and self.facts.due_at is None else self.facts.due_at
        since = self.facts.owed_since if self.facts.unanswered else self.now
        self.facts = replace(self.facts, unanswered=True, due_at=fresh, owed_since=since)
        return self


def opened(level: RiskLevel = RiskLevel.URGENT, duty: DutyState = STAFFED) -> Paper:
    due = NINE + LIMITS.answer_within(level) if duty.on_duty else None
    return Paper(Facts(level, CaseState.WAITING, NINE, due_at=due), duty)


def test_an_urgent_case_that_nobody_takes_climbs_the_whole_ladder_and_the_child_is_told_once() -> None:
    paper = opened().run(36)
    assert paper.said == [
        (0, "opened", 1, (1,)),
        (0.6, "warning", 1, (1,)),
        (1, "unclaimed", 2, (2,)),
        (5, "breached", 3, (2, 3)),
        (20, "unattended", 3, (1, 2, 3)),
        (35, "unattended", 3, (1, 2, 3)),
    ]
    assert paper.told == [(5, "breached")]


def test_a_disclosure_has_more_time() -> None:
    paper = opened(RiskLevel.DISCLOSURE).run(31)
    assert [(at, reason) for at, reason, *_ in paper.said] == [
        (0, "opened"),
        (3, "warning"),
        (5, "unclaimed"),
        (30, "breached"),
    ]


def test_who_takes_it_and_does_not_answer_is_warned_and_then_the_second_line_and_supervisors_hear() -> None:
    paper = opened().run(0.5).taken().run(6)
    assert paper.said[1:] == [(3, "warning", 0, (1,)), (5, "breached", 3, (1, 2, 3))]
    assert paper.told == [(5, "breached")]


def test_an_answer_in_time_leaves_everybody_in_peace_until_the_child_writes_again() -> None:
    paper = opened().run(0.5).taken().run(2).answered().run(30)
    assert [reason for _, reason, *_ in paper.said] == ["opened"]
    paper.child().run(36)
    assert paper.said[1:] == [(33, "warning", 0, (1,)), (35, "breached", 3, (1, 2, 3))]
    assert paper.told == [(35, "breached")]


def test_a_rise_to_urgent_alerts_the_line_and_the_holder_at_once_with_urgent_limits() -> None:
    paper = opened(RiskLevel.DISCLOSURE).run(2).taken(holder=2).run(10)
    due = paper.now + LIMITS.urgent_answer
    paper.facts = replace(paper.facts, level=RiskLevel.URGENT, raised_at=paper.now, unanswered=True, due_at=due)
    paper.run(15)
    assert [item for item in paper.said if item[0] >= 10] == [
        (10, "raised", 1, (1, 2)),
        (13, "warning", 0, (2,)),
        (15, "breached", 3, (2, 3)),
    ]


def test_with_nobody_on_duty_supervisors_hear_and_the_clock_begins_with_the_shift() -> None:
    paper = opened(RiskLevel.DISCLOSURE, NOBODY)
    assert paper.settle().wake == NOBODY.back_at
    assert paper.said == [(0, "opened", 3, (3,))]
    assert paper.facts.due_at is None

    paper.now, paper.duty = NINE + minutes(600), STAFFED
    paper.settle()
    assert paper.said[1:] == [(600, "opened", 1, (1,))]
    assert paper.facts.due_at == paper.now + LIMITS.answer
    paper.run(631)
    assert paper.told == [(630, "breached")]


def test_an_urgent_case_at_night_reminds_supervisors_a_few_times() -> None:
    paper = opened(duty=NOBODY).run(599)
    assert [at for at, *_ in paper.said] == [0, 15, 30, 45, 60]


def test_where_the_shift_ends_before_anyone_came_the_promise_is_withdrawn_honestly() -> None:
    paper = opened().run(3)
    paper.duty = NOBODY
    paper.run(6)
    assert paper.told == [(5, "breached")]
    assert paper.facts.due_at is None
    paper.now, paper.duty = NINE + minutes(600), STAFFED
    paper.settle()
    assert paper.said[-1] == (600, "opened", 1, (1,))


def test_an_empty_first_line_means_that_the_second_hears_at_once() -> None:
    paper = opened()
    paper.duty = replace(STAFFED, first=())
    paper.settle()
    assert paper.said == [(0, "opened", 2, (2,))]


def test_a_case_given_back_is_alerted_anew_and_keeps_a_promise_that_can_still_be_kept() -> None:
    paper = opened(RiskLevel.DISCLOSURE).run(1).taken().run(3)
    paper.facts = replace(paper.facts, state=CaseState.WAITING, holder=None, taken_at=None, rung=0)
    paper.settle()
    assert paper.said[-1] == (3, "opened", 1, (1,))
    assert paper.facts.due_at == NINE + LIMITS.answer


def test_a_case_given_back_after_an_answer_gets_a_new_clock() -> None:
    paper = opened().run(0.5).taken().run(2).answered().run(20)
    paper.facts = replace(paper.facts, state=CaseState.WAITING, holder=None, taken_at=None, rung=0)
    paper.run(26)
    assert [(at, reason) for at, reason, *_ in paper.said[1:]] == [
        (20, "opened"),
        (20.6, "warning"),
        (21, "unclaimed"),
        (25, "breached"),
    ]


def test_after_a_standstill_only_the_gravest_is_said() -> None:
    paper = opened()
    paper.settle()
    paper.now = NINE + minutes(90)
    paper.settle()
    assert [reason for _, reason, *_ in paper.said] == ["opened", "breached"]


def test_a_promise_that_passed_unseen_is_owned_up_to() -> None:
    paper = opened()
    paper.now = NINE + minutes(30)
    paper.settle()
    assert [reason for _, reason, *_ in paper.said] == ["opened", "breached"]
    assert paper.told == [(30, "breached")]


def test_where_a_rung_cannot_be_reached_the_next_hears_at_once_and_once() -> None:
    paper = opened()
    paper.settle()
    for failed in (1, 1, 2, 2, 3):
        paper.facts = replace(paper.facts, unreached=failed)
        paper.settle()
    assert paper.said[1:] == [(0, "unreached", 2, (2,)), (0, "unreached", 3, (3,))]


def test_whoever_is_handed_a_case_hears_of_it_once() -> None:
    paper = opened().run(0.5).taken(holder=2)
    paper.facts = replace(paper.facts, handed_at=paper.now)
    paper.settle()
    paper.settle()
    assert paper.said[1:] == [(0.5, "transferred", 0, (2,))]


def test_a_child_who_writes_at_night_to_somebody_who_went_home_is_passed_on_in_the_morning() -> None:
    paper = opened().run(0.5).taken().run(2).answered().run(10)
    paper.duty = NOBODY
    paper.child(due=False).run(11)
    assert paper.said[1:] == [(10, "waiting", 3, (1, 3))]
    paper.now, paper.duty = NINE + minutes(600), STAFFED
    paper.settle()
    assert paper.said[-1] == (600, "waiting", 1, (1,))
    assert paper.facts.due_at == paper.now + LIMITS.urgent_answer


def test_a_clock_that_is_set_back_by_hours_makes_nobody_wait_for_hours() -> None:
    paper = opened(RiskLevel.DISCLOSURE)
    paper.settle()
    paper.now = NINE - minutes(480)
    paper.settle()
    assert paper.facts.due_at == paper.now + LIMITS.answer_within(RiskLevel.DISCLOSURE)


def test_a_holder_who_goes_while_the_child_waits_hands_it_to_whoever_comes() -> None:
    paper = opened(RiskLevel.DISCLOSURE).run(1).taken().run(2).answered().run(10).child()
    paper.facts = replace(paper.facts, leaves_at=NINE + minutes(20))
    assert paper.settle().wake == NINE + minutes(20)
    paper.now = NINE + minutes(20)
    paper.duty = replace(STAFFED, first=(Member(4, 1, "", "", False),))
    paper.facts = replace(paper.facts, left=True, leaves_at=None)
    paper.run(41)
    # The promise that runs is kept, and by it somebody should have had the case by now.
    assert paper.said[1:] == [
        (20, "opened", 1, (1, 4)),
        (20, "unclaimed", 2, (2,)),
        (40, "breached", 3, (2, 3)),
    ]
    assert paper.told == [(20, "left"), (40, "breached")]


def test_a_holder_who_goes_with_nobody_after_them_leaves_no_promise_behind() -> None:
    paper = opened(RiskLevel.DISCLOSURE).run(1).taken().run(10)
    paper.duty, paper.facts = NOBODY, replace(paper.facts, left=True)
    paper.run(200)
    assert paper.said[1:] == [(10, "opened", 3, (1, 3))]
    assert paper.told == [(10, "left")]
    assert paper.facts.due_at is None
    paper.now, paper.duty = NINE + minutes(600), STAFFED
    paper.settle()
    assert paper.said[-1] == (600, "opened", 1, (1,))


def test_a_holder_who_goes_after_their_answer_keeps_it_until_the_child_writes() -> None:
    paper = opened(RiskLevel.DISCLOSURE).run(0.5).taken().run(2).answered()
    paper.duty, paper.facts = NOBODY, replace(paper.facts, left=True)
    assert paper.run(500).facts.holder == 1
    assert len(paper.said) == 1
    assert not paper.told


def test_of_a_case_that_its_holder_may_not_see_any_more_they_hear_nothing() -> None:
    paper = opened(RiskLevel.DISCLOSURE).run(1).taken().run(2).answered().run(3)
    now = paper.now
    paper.duty = replace(STAFFED, first=())
    paper.facts = replace(paper.facts, level=RiskLevel.URGENT, raised_at=now, unanswered=True, barred=True, left=True)
    paper.run(20)
    assert paper.said[1] == (3, "opened", 2, (2,))
    assert not any(1 in to for *_, to in paper.said[1:])
    assert paper.told == [(3, "left"), (8, "breached")]


def test_an_answer_that_never_arrived_is_owed_again_by_who_has_the_case_and_by_the_line() -> None:
    paper = opened().run(0.1).taken().answered().run(1)
    said = len(paper.said)
    paper.facts = replace(paper.facts, undelivered=True)
    assert paper.facts.owed
    paper.run(30)
    assert paper.said[said][1:3] == ("undelivered", 1)
    assert ("breached", 3) in [(reason, rung) for _, reason, rung, _ in paper.said[said:]]


def test_at_night_supervisors_hear_of_an_answer_that_never_arrived_once() -> None:
    paper = opened(RiskLevel.DISCLOSURE).run(0.1).taken().answered().run(1)
    said = len(paper.said)
    paper.duty, paper.facts = NOBODY, replace(paper.facts, undelivered=True)
    paper.run(60)
    assert [reason for _, reason, *_ in paper.said[said:]] == ["undelivered"]


def test_what_is_closed_is_over() -> None:
    assert plan(replace(opened().facts, state=CaseState.CLOSED), STAFFED, LIMITS, NINE).over


def _events() -> Iterator[str]:
    yield from (
        "pass",
        "long",
        "taken",
        "answered",
        "child",
        "raised",
        "back",
        "night",
        "day",
        "unreached",
        "handed",
        "leaves",
        "stays",
    )


@given(st.sampled_from([RiskLevel.URGENT, RiskLevel.DISCLOSURE]), st.lists(st.sampled_from([*_events()]), max_size=14))
def test_whatever_happens_the_clock_rests_and_no_open_wait_is_without_a_next_moment(
    level: RiskLevel, story: list[str]
) -> None:
    paper = opened(level)
    for event in story:
        _happens(paper, event)
        rest = paper.settle()
        assert rest.wake is None or rest.wake > paper.now
        facts = paper.facts
        if facts.owed and paper.duty.on_duty:
            assert facts.due_at is not None
            assert rest.wake is not None
        if facts.owed and facts.due_at is None:
            assert rest.wake is not None
            assert rest.wake <= (paper.duty.back_at or paper.now)
        if facts.waiting:
            assert facts.rung > 0
        if facts.left and not facts.waiting:
            assert not facts.owed
    told = [item for item in paper.told if item[1] == "breached"]
    assert len(told) <= len([item for item in paper.said if item[1] == "breached"])


def _happens(paper: Paper, event: str) -> None:
    facts, now = paper.facts, paper.now
    if event in ("pass", "long"):
        paper.run((now - NINE) / minutes(1) + (0.7 if event == "pass" else 40))
    elif event in ("night", "day"):
        paper.duty = STAFFED if event == "day" else replace(NOBODY, back_at=now + minutes(480))
    elif event == "child":
        paper.child(due=paper.duty.on_duty)
    elif event == "unreached":
        paper.facts = replace(facts, unreached=1)
    elif event == "raised" and facts.level is not RiskLevel.URGENT:
        due = now + LIMITS.urgent_answer if paper.duty.on_duty else None
        paper.facts = replace(facts, level=RiskLevel.URGENT, raised_at=now, unanswered=True, due_at=due)
    elif event == "taken" and facts.waiting:
        paper.taken()
    elif not facts.waiting:
        _the_holder(paper, event)


def _the_holder(paper: Paper, event: str) -> None:
    if event == "answered":
        paper.answered()
    elif event == "back":
        paper.facts = replace(paper.facts, state=CaseState.WAITING, holder=None, taken_at=None, rung=0)
    elif event == "leaves":
        paper.facts = replace(paper.facts, left=True, leaves_at=None)
    elif event == "stays":
        paper.facts = replace(paper.facts, left=False, leaves_at=paper.now + minutes(10))
    elif event == "handed":
        paper.facts = replace(paper.facts, holder=2, handed_at=paper.now)


@pytest.mark.parametrize("level", [RiskLevel.CONCERN, RiskLevel.DISCLOSURE, RiskLevel.URGENT])
def test_reminders_come_to_an_end(level: RiskLevel) -> None:
    paper = opened(level).run(60 * 24 * 30)
    assert 50 < len(paper.said) < 120
