"""Whom a push finds in its classes now, and what a vice principal may want to think about before it goes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.core.audience import Audience
from bot.core.quiz_types import Band
from bot.storage.enrolments import SealedEnrolments
from bot.storage.push_types import Push, PushDraft
from bot.storage.schools import SchoolClass, SealedSchools
from bot.storage.store import Store
from bot.storage.tallies import FEWEST
from bot.teaching.frozen import FrozenQuiz


class Doubt(StrEnum):
    """What speaks against a push; none of it forbids one."""

    READER = "reader"  # the quiz was made for somebody else
    BAND = "band"  # for pupils of another age
    NOBODY = "nobody"  # nobody is there to receive it
    FEW = "few"  # so few that no result will be shown


@dataclass(frozen=True, slots=True)
class ClassFound:
    """A class as a push finds it: how many of each chosen reader are in it; ``group``: a group chat gets it too."""

    class_: SchoolClass
    counts: Mapping[Audience, int]
    group: bool

    @property
    def all(self) -> int:
        """How many it reaches, those of a group chat left out."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Receiving:
    """Where a push goes, with its quiz where it has one; ``classes`` in its order, those that are gone left out."""

    readers: Sequence[Audience]
    classes: Sequence[ClassFound]
    quiz: FrozenQuiz | None

    def counted(self, messages: Mapping[str, str]) -> dict[int, str]:
        """How many are in each class now, in words, by its number."""
        return {found.class_.id: _counted(found, messages) for found in self.classes}

    def told(self, messages: Mapping[str, str]) -> list[str]:
        """For whom its quiz is and how many are in each class, as lines of a chat."""
        many, line = self.counted(messages), messages["teach_push.chat_many"]
        made_for = [messages["teach_push.chat_made_for"].format(band=self._band(messages))] if self.quiz else []
        return [*made_for, *(line.format(name=self._name(each), many=many[each.class_.id]) for each in self.classes)]

    def warnings(self, messages: Mapping[str, str]) -> list[str]:
        """What speaks against it, in words."""
        said = []
        for doubt, of in self._doubts():
            readers = self._wrong if doubt is Doubt.READER else self.readers
            values = {
                "band": self._band(messages),
                "names": "、".join(map(self._name, of)),
                "readers": "、".join(messages[f"teach_chat.reader_{each}"] for each in readers),
                "fewest": FEWEST,
            }
            said.append(messages[f"teach_push.doubt_{doubt}"].format(**values))
        return said

    def _band(self, messages: Mapping[str, str]) -> str:
        return messages[f"teach_own.band_{self.quiz.band}"] if self.quiz else ""

    def _name(self, found: ClassFound) -> str:
        """What a class is called, with its school where there are several."""
        several = len({each.class_.school for each in self.classes}) > 1
        return f"{found.class_.school_name}{found.class_.name}" if several else found.class_.name

    @property
    def _wrong(self) -> list[Audience]:
        """The chosen readers for whom the quiz was not made."""
        return [] if self.quiz is None else [each for each in self.readers if each is not self.quiz.band.reader]

    def _doubts(self) -> Iterator[tuple[Doubt, Sequence[ClassFound]]]:
        if self._wrong:
            yield Doubt.READER, self.classes
        quiz, alone = self.quiz, [found for found in self.classes if not found.group]
        each = {
            Doubt.BAND: [found for found in self.classes if quiz and self._other_age(quiz.band, found)],
            Doubt.NOBODY: [found for found in alone if not found.all],
            Doubt.FEW: [found for found in alone if quiz and 0 < found.all < FEWEST],
        }
        yield from ((doubt, of) for doubt, of in each.items() if of)

    def _other_age(self, band: Band, found: ClassFound) -> bool:
        pupils = band.reader is Audience.STUDENT and Audience.STUDENT in self.readers
        return pupils and found.class_.band is not band


async def receiving(store: Store, push: PushDraft | Push, quiz: FrozenQuiz | None) -> Receiving:
    """Whom a push would find now. Raises StorageError."""
    schools, enrolments = SealedSchools(store), SealedEnrolments(store)
    classes = [await schools.class_(number) for number in push.classes]
    counts = await enrolments.counts(push.classes)
    grouped = {group.class_ for group in await enrolments.groups(push.classes)}
    found = [
        ClassFound(class_, {each: counts[class_.id].get(each, 0) for each in push.readers}, class_.id in grouped)
        for class_ in classes
        if class_ is not None
    ]
    return Receiving(push.readers, found, quiz)


def _counted(found: ClassFound, messages: Mapping[str, str]) -> str:
    said = [messages[f"teach_push.many_{each}"].format(count=count) for each, count in found.counts.items()]
    return "，".join([*said, messages["teach_push.many_group"]] if found.group else said)
