"""The sections of what the service counted by itself: how much, about what, when, by whom, and quizzes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.charts.chart import Chart, Mark, Shape
from bot.core.counting import ALL, HELPED, OTHER, QUESTIONS, Family, QuizStep
from bot.outreach.gathered import Both, Columns, at, known, near
from bot.outreach.periods import Grain, Period
from bot.outreach.publish import Figure, Figures, share
from bot.outreach.sections import Section, Table, Tile, Words

#: What the sections here are made of.
FAMILIES = (
    Family.TOTAL,
    Family.PEOPLE,
    Family.READER,
    Family.CHANNEL,
    Family.HOUR,
    Family.OUTCOME,
    Family.GROUP,
    Family.HELPFUL,
    Family.QUIZ,
    Family.READ,
)
#: Bars in a chart, and topics in a table.
MOST_BARS, MOST_TOPICS = 10, 30
ANSWERED = "answer"
#: What is said to somebody's words: to questions, and to who needs help.
SAID = QUESTIONS | {"support", "handoff"}


@dataclass(frozen=True, slots=True)
class Trends:
    """Figures column by column: of questions, and of quizzes; with the questions of a year before.

    ``notes`` are the names of sentences that tell how the columns go with the whole.
    """

    columns: Columns
    turns: Mapping[Period, Figures]
    before: Mapping[Period, Figures]
    quiz: Mapping[Period, Figures]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """What the service counted of a place and a stretch of time, section by section."""

    words: Words
    both: Both
    trends: Trends

    def tiles(self) -> tuple[Tile, ...]:
        """The numbers that stand at the top."""
        now = self.both.now
        helped, quiz = now[Family.HELPFUL], now[Family.QUIZ]
        shares = (
            ("answered", now[Family.OUTCOME][ANSWERED], now[Family.TOTAL][ALL]),
            ("helpful", helped[HELPED[0]], helped.total(HELPED)),
            ("right", quiz[QuizStep.RIGHT], quiz[QuizStep.ANSWERED]),
        )
        plain = (("turns", Family.TOTAL, ALL), ("people", Family.PEOPLE, ALL), ("taken", Family.QUIZ, QuizStep.TAKEN))
        return (
            *(self._tile(name, family, key) for name, family, key in plain),
            *(
                Tile(name, self.words(f"tile_{name}", of=self.words.figure(whole)), _percent(share(part, whole)))
                for name, part, whole in shares
                if share(part, whole) is not None
            ),
        )

    def trend(self) -> Section:
        """How much was answered, day by day or month by month."""
        words, trends = self.words, self.trends
        # A column of which nothing is told yet is none: it would read as though there were nothing.
        pairs = [
            (part, at(trends.turns, part, ALL), at(trends.before, part.year_before(), ALL))
            for part in trends.columns
            if part in trends.turns
        ]
        marks = [Mark(_short(part, words), known(now), str(now), _stroke(words, old)) for part, now, old in pairs]
        rows = ((_long(part, trends.columns[part], words), now.shown, words.before(old)) for part, now, old in pairs)
        now, before = self.both.one(Family.TOTAL)
        people, _ = self.both.one(Family.PEOPLE)
        said = words("said_trend", turns=words.figure(now), people=words.figure(people))
        return Section(
            "trend",
            words("title_trend"),
            said + words.compared(near(now), near(before)),
            Table(words.head("trend"), tuple(rows)),
            Chart(Shape.COLUMNS, tuple(marks)),
            _note(words, marks, self.both.now[Family.TOTAL], *trends.turns.values())
            + "".join(map(words, trends.notes)),
        )

    def groups(self) -> Section:
        """What it was about."""
        made = self._ranked("groups", Family.GROUP, lambda key: self.words.named("group", key))
        if OTHER not in self.both.now[Family.GROUP]:
            return made
        return replace(made, note=made.note + self.words("note_other"))

    def readers(self) -> Section:
        """Who asked."""
        return self._ranked("readers", Family.READER, lambda key: self.words.named("reader", key))

    def channels(self) -> Section:
        """Where they asked."""
        return self._ranked("channels", Family.CHANNEL, lambda key: self.words.named("channel", key))

    def outcomes(self) -> Section:
        """What was done about it."""
        both = Both(*({Family.OUTCOME: by[Family.OUTCOME].only(SAID)} for by in (self.both.now, self.both.before)))
        return ranked(self.words, both, ("outcomes", Family.OUTCOME), lambda key: self.words.named("outcome", key))

    def after(self) -> Section:
        """What was read after a quiz."""
        return self._ranked("after", Family.READ, lambda key: self.words.named("group", key))

    def hours(self) -> Section:
        """At which hours they asked."""
        words, found = self.words, self.both.now[Family.HOUR]
        keys = [f"{hour:02}" for hour in range(24)]
        marks = tuple(Mark(str(int(key)), known(found[key]), str(found[key])) for key in keys)
        rows = tuple((words("hour", hour=int(key)), found[key].shown) for key in keys)
        busiest = next(iter(found), "")
        said = words("said_hours", hour=int(busiest), next=int(busiest) + 1) if busiest else words.all_few(found)
        table, chart = Table(words.head("hours"), rows if found else ()), Chart(Shape.COLUMNS, marks)
        return Section("hours", words("title_hours"), said, table, chart, _note(words, marks, found))

    def quiz(self) -> Section:
        """How far quizzes got, and how much was right."""
        words, steps = self.words, tuple(QuizStep)
        figures = {step: self.both.one(Family.QUIZ, step) for step in steps}
        rows = [(words.named("quiz", step), *self._pair(figures[step])) for step in steps]
        now, before = (share(figures[QuizStep.RIGHT][at], figures[QuizStep.ANSWERED][at]) for at in (0, 1))
        rows.append((words("quiz_share"), _percent(now), _percent(before), words("no_change")))
        shares = [(part, _share(self.trends.quiz, part)) for part in self.trends.columns if part in self.trends.quiz]
        marks = [Mark(_short(part, words), each, _percent(each)) for part, each in shares]
        taken, done, answered = (figures[step][0] for step in (QuizStep.TAKEN, QuizStep.FINISHED, QuizStep.ANSWERED))
        said = words("said_quiz", taken=words.figure(taken), finished=words.figure(done))
        right = words("said_right", share=now, of=words.figure(answered)) if now is not None else ""
        return Section(
            "quiz",
            words("title_quiz"),
            said + right + _gain(shares, words),
            Table(words.head("quiz"), tuple(rows)),
            Chart(Shape.COLUMNS, tuple(marks), 100),
            words("note_quiz") + _note(words, (), self.both.now[Family.QUIZ]),
        )

    def _tile(self, name: str, family: Family, key: str) -> Tile:
        now, before = self.both.one(family, key)
        change = self.words.change(near(now), near(before))
        told = "" if change == self.words("no_change") else self.words("tile_change", change=change)
        return Tile(name, self.words(f"tile_{name}"), self.words.figure(now) if now.known else str(now), told)

    def _ranked(self, name: str, family: Family, label: Callable[[str], str]) -> Section:
        return ranked(self.words, self.both, (name, family), label)

    def _pair(self, pair: tuple[Figure, Figure]) -> tuple[int | str, int | str, str]:
        now, before = pair
        return now.shown, self.words.before(before), self.words.change(near(now), near(before))


def _note(words: Words, marks: Sequence[Mark], *found: Figures) -> str:
    """How to read lower bounds and the strokes, where there are any."""
    least = words("note_least") if any(figures.least for figures in found) else ""
    return least + (words("note_stroke") if any(mark.before for mark in marks) else "")


def _stroke(words: Words, before: Figure) -> int | None:
    """Where it stood a year before, if that may be held against it."""
    return near(before) if words.comparable else None


def ranked(words: Words, both: Both, what: tuple[str, Family], label: Callable[[str], str]) -> Section:
    """A family as bars, the greatest first, with a table of all its keys."""
    name, family = what
    now, before = both.now[family], both.before[family]
    marks = tuple(
        Mark(label(key), figure.value, str(figure), _stroke(words, before[key]))
        for key, figure in _first(now, MOST_BARS)
    )
    rows = tuple(
        (label(key), figure.shown, words.before(before[key]), words.change(near(figure), near(before[key])))
        for key, figure in _first(now, MOST_TOPICS)
    )
    first = [words("with_figure", name=label(key), figure=words.figure(figure)) for key, figure in _first(now, 3)]
    said = words(f"said_{name}", first=words.listed(first)) if first else words.all_few(now)
    note = _note(words, marks, now)
    return Section(name, words(f"title_{name}"), said, Table(words.head(name), rows), Chart(Shape.BARS, marks), note)


def _first(figures: Figures, many: int) -> Sequence[tuple[str, Figure]]:
    return list(figures.items())[:many]


def _share(trend: Mapping[Period, Figures], part: Period) -> int | None:
    return share(at(trend, part, QuizStep.RIGHT), at(trend, part, QuizStep.ANSWERED))


def _gain(shares: Sequence[tuple[Period, int | None]], words: Words) -> str:
    told = [(words.period(part), each) for part, each in shares if each is not None]
    if len(told) < 2 or told[0][1] == told[-1][1]:
        return ""
    (start, first), (end, last) = told[0], told[-1]
    return words("said_gain", start=start, first=first, end=end, last=last)


def _percent(part: int | None) -> str:
    return "" if part is None else f"{part}%"


def _long(part: Period, parts: Sequence[Period], words: Words) -> str:
    """A column's name, with how far it goes where it is put together of what is over."""
    name, last = words.period(part), parts[-1].last
    return name if last == part.last else words("period_so_far", name=name, until=words.told_to(last))


def _short(part: Period, words: Words) -> str:
    key = "day_short" if part.grain is Grain.DAY else "month_short"
    return words(key, month=part.first.month, day=part.first.day)
