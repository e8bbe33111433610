"""What the pages of pushes show: the form, a look at what would go out, and a push that was kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from bot.core.quiz_types import Band
from bot.staff.gate import RefusedError, SignedIn
from bot.staff.teach.parts import TeachParts
from bot.staff.teach.push_forms import LAST_PLACE, LASTS, READERS, REMINDS, kind_of
from bot.storage.push_types import Push, PushDraft, PushKind, PushState
from bot.teaching.errors import TeachingError
from bot.teaching.frozen import FreezeError, FrozenQuiz
from bot.teaching.push_check import LONGEST_LINE, LONGEST_NOTICE, LONGEST_TITLE
from bot.teaching.receiving import receiving

#: Where a push is still looked at before it goes out.
LOOKED_AT = (PushState.DRAFT, PushState.ASKED)


@dataclass(frozen=True, slots=True)
class PushViews:
    """Every page about one push."""

    parts: TeachParts

    async def form(
        self,
        request: Request,
        signed: SignedIn,
        given: Mapping[str, str],
        *,
        push: Push | None = None,
        wrong: Sequence[str] = (),
    ) -> Response:
        """The form with what was typed, and all that is wrong with it. Raises RefusedError."""
        try:
            kind = kind_of(given.get("kind", ""))
        except TeachingError:
            raise RefusedError(400) from None
        topics = self.parts.given.library().topics.items()
        now = self.parts.given.now()
        return self.parts.page(
            "teach_push_form.html",
            signed,
            request,
            here="pushes",
            status=400 if wrong else 200,
            wrong_=wrong,
            kind_=kind,
            given=defaultdict(str, given),
            push=push,
            classes=await self.parts.given.classes.classes(signed.member),
            quizzes=await self._quizzes(signed),
            topics=sorted((topic.title, name) for name, topic in topics),
            last_place=LAST_PLACE,
            lasts=LASTS,
            reminds=REMINDS,
            readers=READERS,
            soonest=f"{now:%Y-%m-%dT%H:%M}",
            today=f"{now:%Y-%m-%d}",
            longest={"title": LONGEST_TITLE, "text": LONGEST_NOTICE if kind is PushKind.NOTICE else LONGEST_LINE},
        )

    async def look(
        self, request: Request, signed: SignedIn, form: Mapping[str, str], draft: PushDraft, *, push: Push | None = None
    ) -> Response:
        """What would go out. Raises TeachingError."""
        kept = await self.parts.given.pushes.check(signed.member, draft)
        now, quiz = self.parts.given.now(), await self._quiz(signed.member.id, kept)
        return self.parts.page(
            "teach_push_look.html",
            signed,
            request,
            here="pushes",
            draft=kept,
            form={name: value for name, value in form.items() if name != "do"},
            push=push,
            at_once=kept.next_at <= now,
            moved=kept.next_at > max(draft.next_at, now),
            quiz=quiz,
            names=await self.names(signed),
            two_people=self.parts.given.pushes.two_people,
            **await self._receiving(kept, quiz),
        )

    async def push(self, request: Request, signed: SignedIn, push: Push, *, problem: str = "") -> Response:
        """A push: what, to whom, when, and what came of it."""
        quiz, names = await self._quiz(push.staff, push), await self._class_names(push)
        looked_at = push.state in LOOKED_AT
        found = await self._receiving(push, quiz) if looked_at else {"many": {}, "warnings": []}
        return self.parts.page(
            "teach_push.html",
            signed,
            request,
            here="pushes",
            problem=problem,
            push=push,
            mine=push.staff == signed.member.id,
            runs=await self.parts.given.pushes.runs(signed.member, push.id),
            names=names,
            quiz=quiz,
            now=self.parts.given.now(),
            **found,
        )

    async def names(self, signed: SignedIn) -> dict[int, str]:
        """What the classes that one may see are called, archived ones too."""
        classes = await self.parts.given.classes.classes(signed.member, archived=True)
        several = len({item.school for item in classes}) > 1
        return {item.id: f"{item.school_name} {item.name}" if several else item.name for item in classes}

    async def _receiving(self, push: PushDraft | Push, quiz: FrozenQuiz | None) -> dict[str, object]:
        """Whom it finds in its classes now, and what speaks against it, in words."""
        found, messages = await receiving(self.parts.given.store, push, quiz), self.parts.look.messages()
        return {"many": found.counted(messages), "warnings": found.warnings(messages)}

    async def _class_names(self, push: Push) -> dict[int, str]:
        """What the classes of a push are called, archived and handed over ones too."""
        kept = self.parts.given.classes.schools_kept
        found = [await kept.class_(number) for number in push.classes]
        return {item.id: f"{item.school_name} {item.name}" for item in found if item is not None}

    async def _quiz(self, staff: int, draft: PushDraft | Push) -> FrozenQuiz | None:
        """The quiz as it would be asked now; None where it is none or was taken back."""
        if draft.kind is not PushKind.QUIZ:
            return None
        try:
            return await self.parts.shelf.quiz(staff, draft.subject)
        except FreezeError:
            return None

    async def _quizzes(self, signed: SignedIn) -> list[tuple[str, list[tuple[str, str]]]]:
        """Every quiz by age band, one's own first."""
        own = [(f"own:{row.id}", row.item.title) for row in await self.parts.shelf.quizzes(signed.member.id)]
        bank = self.parts.given.bank().quizzes.values()
        bands = [(self.parts.band(band), [(it.id, it.title) for it in bank if it.band is band]) for band in Band]
        return [(self.parts.say("own_quizzes"), own), *bands]
