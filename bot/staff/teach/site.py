"""Puts the pages of teaching together."""

from __future__ import annotations

from starlette.routing import BaseRoute

from bot.staff.pages import StaffSite
from bot.staff.teach.class_pages import ClassPages
from bot.staff.teach.home_pages import HomePages
from bot.staff.teach.parts import TeachParts, TeachWith
from bot.staff.teach.push_pages import PushPages
from bot.staff.teach.question_pages import QuestionPages
from bot.staff.teach.quiz_pages import QuizPages
from bot.staff.teach.result_pages import ResultPages
from bot.staff.teach.room_pages import RoomPages
from bot.staff.teach.school_pages import SchoolPages
from bot.staff.teach.upload_pages import UploadPages

__all__ = ["TeachWith", "create_teach"]


def create_teach(site: StaffSite, given: TeachWith) -> list[BaseRoute]:
    """The routes below ``/staff/teach``, for an application that ``StaffSite.join`` was given."""
    parts = TeachParts(site.gate, site.look, given)
    pages = (
        HomePages(parts),
        SchoolPages(parts),
        ClassPages(parts),
        UploadPages(parts),
        QuestionPages(parts),
        QuizPages(parts),
        PushPages(parts),
        RoomPages(parts),
        ResultPages(parts, given.results, given.studio),
    )
    return [route for page in pages for route in page.routes()]
