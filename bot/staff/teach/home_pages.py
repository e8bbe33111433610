"""``/staff/teach``: what goes on in one's classes, and where a day begins."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.core.audience import Audience
from bot.staff.gate import RefusedError, SignedIn
from bot.staff.parts import read_form
from bot.staff.teach.parts import HOME, TeachParts
from bot.storage.push_types import PushState
from bot.storage.staff import Role


@dataclass(frozen=True, slots=True)
class HomePages:
    """The first page of a vice principal; supervisors begin with the schools."""

    parts: TeachParts

    async def home(self, request: Request) -> Response:
        """Classes, what is open, what comes next; at first, the steps to begin."""
        signed = await self.parts.reader(request)
        if signed.member.role is not Role.VICE_PRINCIPAL:
            return RedirectResponse(f"{HOME}/schools", 303)
        return await self._home(request, signed)

    async def chat(self, request: Request) -> Response:
        """A token that links a chat on Telegram, shown once."""
        await read_form(request)
        signed = await self.parts.teacher(request)
        make = self.parts.given.chat_token
        if make is None:
            raise RefusedError(404)
        return await self._home(request, signed, await make(signed.member.id))

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        return [Route(HOME, self.home, methods=["GET"]), Route(f"{HOME}/chat", self.chat, methods=["POST"])]

    async def _home(self, request: Request, signed: SignedIn, token: str = "") -> Response:
        given = self.parts.given
        schools = await given.classes.schools(signed.member)
        classes = await given.classes.classes(signed.member)
        counts = await given.classes.counts(classes)
        mine = await given.pushes.mine(signed.member)
        joined = {
            reader: sum(found.get(reader, 0) for found in counts.values())
            for reader in (Audience.STUDENT, Audience.PARENT)
        }
        return self.parts.page(
            "teach_home.html",
            signed,
            request,
            here="home",
            schools=schools,
            classes=classes,
            counts=counts,
            students=joined[Audience.STUDENT],
            parents=joined[Audience.PARENT],
            reader=Audience,
            open_runs=await self.parts.going(classes),
            coming=[item for item in mine if item.state in (PushState.SCHEDULED, PushState.PAUSED) and item.next_at],
            pushed=bool(mine),
            asked=await given.pushes.to_approve(signed.member),
            drafts=[item for item in mine if item.state is PushState.DRAFT],
            linking=given.chat_token is not None,
            token=token,
            names={item.id: item.name for item in classes},
        )
