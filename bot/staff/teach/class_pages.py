"""``/staff/teach/classes``: a vice principal's classes, and everything by which people join them."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.core.audience import Audience
from bot.staff.codes import picture
from bot.staff.gate import RefusedError, SignedIn
from bot.staff.parts import read_form
from bot.staff.teach.parts import TeachParts, number_in, number_of
from bot.storage.schools import SchoolClass
from bot.teaching.classes import LONGEST_CLASS, PUPILS
from bot.teaching.codes import shown as shown_code
from bot.teaching.errors import TeachingError

HERE = "/staff/teach/classes"
#: The numbers that stand on every poster, where the content has them.
NUMBERS = ("110", "12355", "12309")


@dataclass(frozen=True, slots=True)
class ClassPages:
    """Make, rename and archive classes; hand out their codes."""

    parts: TeachParts

    async def all(self, request: Request) -> Response:
        """The classes, by school."""
        return await self._list(request, await self.parts.teacher(request))

    async def add(self, request: Request) -> Response:
        """Make a class."""
        form, signed = await read_form(request), await self.parts.teacher(request)
        try:
            made = await self.parts.given.classes.add_class(
                signed.member, number_of(form["school"]), form["name"], form["band"]
            )
        except TeachingError as error:
            return await self._list(request, signed, form, self.parts.refusal(error))
        return self.parts.go(f"/classes/{made.id}", "class")

    async def one(self, request: Request) -> Response:
        """A class: its code and what goes on."""
        return await self._class(request, await self.parts.teacher(request))

    async def change(self, request: Request) -> Response:
        """Rename a class, or give it another age band."""
        form, signed = await read_form(request), await self.parts.teacher(request)
        number = number_in(request)
        work = self.parts.given.classes.change_class(signed.member, number, form["name"], form["band"])
        return await self._did(request, signed, work, path=f"/classes/{number}", done="class_changed")

    async def recode(self, request: Request) -> Response:
        """Give a class another join code."""
        form, signed = await read_form(request), await self.parts.teacher(request)
        number = number_in(request)
        if not form["sure"]:
            return await self._class(request, signed, self.parts.say("recode_sure"))
        work = self.parts.given.classes.new_code(signed.member, number)
        return await self._did(request, signed, work, path=f"/classes/{number}", done="recoded")

    async def archive(self, request: Request) -> Response:
        """End a class."""
        form, signed = await read_form(request), await self.parts.teacher(request)
        number = number_in(request)
        if not form["sure"]:
            return await self._class(request, signed, self.parts.say("archive_sure"))
        work = self.parts.given.classes.archive(signed.member, number)
        return await self._did(request, signed, work, path="/classes", done="archived")

    async def poster(self, request: Request) -> Response:
        """A page to print and put on the wall."""
        signed = await self.parts.teacher(request)
        class_ = await self._found(request, signed)
        if class_.archived_at is not None:
            raise RefusedError(404)
        lines = self.parts.given.library().hotlines
        numbers = [lines[number] for number in NUMBERS if number in lines]
        shown = {"class_": class_, "numbers": numbers, **self._ways(request, class_)}
        return self.parts.page("teach_poster.html", signed, request, here="classes", **shown)

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        one = f"{HERE}/{{number:int}}"
        return [
            Route(HERE, self.all, methods=["GET"]),
            Route(HERE, self.add, methods=["POST"]),
            Route(one, self.one, methods=["GET"]),
            Route(one, self.change, methods=["POST"]),
            Route(f"{one}/code", self.recode, methods=["POST"]),
            Route(f"{one}/archive", self.archive, methods=["POST"]),
            Route(f"{one}/poster", self.poster, methods=["GET"]),
        ]

    async def _did(
        self, request: Request, signed: SignedIn, work: Awaitable[object], *, path: str, done: str
    ) -> Response:
        try:
            await work
        except TeachingError as error:
            return await self._class(request, signed, self.parts.refusal(error))
        return self.parts.go(path, done)

    async def _list(
        self, request: Request, signed: SignedIn, given: Mapping[str, str] | None = None, problem: str = ""
    ) -> Response:
        classes = self.parts.given.classes
        schools, taught = await classes.schools(signed.member), await classes.classes(signed.member)
        asked = request.query_params.get("school", "")
        form = {"school": asked, "name": "", "band": "", **(given or {})}
        return self.parts.page(
            "teach_classes.html",
            signed,
            request,
            here="classes",
            problem=problem,
            schools=schools,
            groups={item: [each for each in taught if each.school == item.id] for item in schools},
            counts=await classes.counts(taught),
            bands=PUPILS,
            form=form,
            longest=LONGEST_CLASS,
            reader=Audience,
        )

    async def _class(self, request: Request, signed: SignedIn, problem: str = "") -> Response:
        class_ = await self._found(request, signed)
        counts = (await self.parts.given.classes.counts([class_]))[class_.id]
        return self.parts.page(
            "teach_class.html",
            signed,
            request,
            here="classes",
            problem=problem,
            class_=class_,
            mine=class_.archived_at is None,
            counts=counts,
            groups=await self.parts.given.classes.groups([class_]),
            runs=await self.parts.going([class_]),
            bands=PUPILS,
            longest=LONGEST_CLASS,
            reader=Audience,
            **self._ways(request, class_),
        )

    async def _found(self, request: Request, signed: SignedIn) -> SchoolClass:
        try:
            return await self.parts.given.classes.class_(signed.member, number_in(request))
        except TeachingError:
            raise RefusedError(404) from None

    def _ways(self, request: Request, class_: SchoolClass) -> dict[str, Any]:
        """The ways into a class: its page, the picture of its address, and the link that opens Telegram."""
        link = self.parts.full(request, f"/class/{class_.code}")
        bot = self.parts.given.bot_name()
        return {
            "link": link,
            "qr": Markup(picture(link)),  # noqa: S704  (segno's own)
            "deep": f"https://t.me/{bot}?start=join_{class_.code}" if bot else "",
            "code": shown_code(class_.code),
            "paste": self.parts.say("paste_class", name=class_.name, link=link, code=shown_code(class_.code)),
        }
