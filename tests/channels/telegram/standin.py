"""A stand-in for Telegram's Bot API on a loopback port: as strict as the real one, with faults on request."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "123456:stand-in-token-that-must-stay-secret"
ALLOWED_TAGS = {"b", "i", "u", "s", "a", "code", "pre", "blockquote"}
Json = dict[str, Any]

ME: Json = {"id": 123456, "is_bot": True, "first_name": "法小护", "username": "faxiaohu_bot"}


class BotApiError(Exception):
    """An answer that is not ok."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def refused(description: str) -> BotApiError:
    return BotApiError(400, f"Bad Request: {description}")


@dataclass
class Fault:
    """Goes wrong ``times`` times: an ``error``, a ``delay`` in seconds, or the connection lost ``drop`` the work."""

    method: str
    error: BotApiError | None = None
    delay: float = 0.0
    drop: str = ""
    times: int = 1


@dataclass(frozen=True)
class Call:
    method: str
    data: Json
    at: float


class Dropped(Response):
    """Promises a body and hangs up."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        raise ConnectionResetError


class VisibleText(HTMLParser):
    """The text that people see; refuses what Telegram refuses."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self._open = "", list[str]()
        self.feed(source)
        self.close()
        if self._open:
            raise refused(f"can't parse entities: can't find end tag of {self._open[-1]}")

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in ALLOWED_TAGS:
            raise refused(f"can't parse entities: unsupported start tag {tag}")
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            raise refused("can't parse entities: unexpected end tag")

    def handle_data(self, data: str) -> None:
        self.text += data


@dataclass
class StandIn:
    """The server. ``says`` and ``presses`` are what people do; ``sent`` is what they got to see."""

    chats: dict[int, str] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    sent: list[Json] = field(default_factory=list)
    presses: dict[str, bool] = field(default_factory=dict)
    erased: list[tuple[int, int]] = field(default_factory=list)
    polls: dict[str, Json] = field(default_factory=dict)
    commands: list[Json] = field(default_factory=list)
    webhook: Json | None = None
    url: str = ""
    _updates: list[Json] = field(default_factory=list)
    _next: int = 1000
    _messages: int = 0
    _pollers: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _server: uvicorn.Server | None = None
    _task: asyncio.Task[None] | None = None

    # What people do

    def user_says(self, chat: int, user: int, text: str = "", **more: Any) -> Json:
        """A message; ``more`` are further fields of it (``photo``, ``entities``, ``reply_to_message``…)."""
        return self.update(message=self.message(chat, user, text, **more))

    def user_edits(self, chat: int, user: int, text: str) -> Json:
        return self.update(edited_message={**self.message(chat, user, text), "edit_date": int(time.time())})

    def user_presses(self, chat: int, user: int, data: str) -> Json:
        self._messages += 1
        number = f"press{self._messages}"
        self.presses[number] = False
        shown = self.message(chat, ME["id"], "…") | {"from": ME}
        query = {"id": number, "from": person(user), "chat_instance": "1", "message": shown, "data": data}
        return self.update(callback_query=query)

    def votes(self, poll: str, *options: int) -> Json:
        """Somebody votes in a poll, unnamed: the bot is told how it stands now."""
        for option in options:
            self.polls[poll]["options"][option]["voter_count"] += 1
        return self.update(poll=self._poll(poll))

    def message(self, chat: int, user: int, text: str = "", **more: Any) -> Json:
        self._messages += 1
        kind = self.chats.setdefault(chat, "private" if chat > 0 else "supergroup")
        about = {"id": chat, "type": kind} | ({"title": "班级群"} if chat < 0 else {"first_name": "学生"})
        said = {"message_id": self._messages, "date": int(time.time()), "chat": about, "from": person(user)}
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0])
            said["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return said | ({"text": text} if text else {}) | more

    def update(self, **content: Any) -> Json:
        update = {"update_id": self._next, **content}
        self._next += 1
        self.deliver(update)
        return update

    def deliver(self, update: Json) -> None:
        """Hand out an update, perhaps once more."""
        self._updates.append(update)
        self._changed.set()

    # What a test looks at

    def texts(self, chat: int) -> list[str]:
        """What was shown in a chat."""
        return [message["text"] for message in self.sent if message["chat"]["id"] == chat]

    def buttons(self, chat: int) -> list[Json]:
        """The buttons under the last message of a chat."""
        last = [message for message in self.sent if message["chat"]["id"] == chat][-1]
        return [button for row in last["keyboard"] for button in row]

    def called(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    @property
    def waiting(self) -> int:
        """Updates not yet acknowledged."""
        return len(self._updates)

    # The server

    async def start(self) -> None:
        sock = socket.socket()
        sock.bind(("127.0.0.1", 0))
        app = Starlette(routes=[Route("/bot{token}/{method}", self._serve, methods=["GET", "POST"])])
        config = uvicorn.Config(app, log_config=None, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self.url = f"http://127.0.0.1:{sock.getsockname()[1]}"
        self._task = asyncio.create_task(self._server.serve(sockets=[sock]))
        await eventually(lambda: self._server is not None and self._server.started)

    async def stop(self) -> None:
        assert self._server
        assert self._task
        self._server.should_exit = True
        self._changed.set()
        await self._task

    async def _serve(self, request: Request) -> Response:
        method = request.path_params["method"]
        async with request.form() as form:
            data = {key: str(text) if key == "text" else _value(text) for key, text in form.items()}
        if request.path_params["token"] != TOKEN:
            return _failed(BotApiError(401, "Unauthorized"))
        self.calls.append(Call(method, data, time.monotonic()))
        fault = self._fault(method)
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.drop == "before":
            return Dropped()
        try:
            if fault.error:
                raise fault.error
            result = await getattr(self, f"_do_{method}")(data)
        except BotApiError as error:
            return _failed(error)
        return Dropped() if fault.drop == "after" else JSONResponse({"ok": True, "result": result})

    def _fault(self, method: str) -> Fault:
        for fault in self.faults:
            if fault.method == method and fault.times > 0:
                fault.times -= 1
                return fault
        return Fault(method)

    # The methods

    async def _do_getMe(self, data: Json) -> Json:  # noqa: N802
        return ME

    async def _do_getChat(self, data: Json) -> Json:  # noqa: N802
        chat = self._chat(data)
        return {"id": chat, "type": self.chats[chat], "accent_color_id": 0, "max_reaction_count": 1}

    async def _do_setMyCommands(self, data: Json) -> bool:  # noqa: N802
        self.commands = data["commands"]
        if not all(0 < len(each["description"]) <= 256 and each["command"].islower() for each in self.commands):
            raise refused("BOT_COMMAND_INVALID")
        return True

    async def _do_getUpdates(self, data: Json) -> list[Json]:  # noqa: N802
        if self.webhook:
            raise BotApiError(409, "Conflict: can't use getUpdates method while webhook is active")
        if self._pollers:
            raise BotApiError(409, "Conflict: terminated by other getUpdates request")
        if data.get("offset") is not None:
            self._updates = [update for update in self._updates if update["update_id"] >= data["offset"]]
        until = time.monotonic() + data.get("timeout", 0)
        self._pollers += 1
        try:
            while not self._updates and (left := until - time.monotonic()) > 0 and not self._ending():
                self._changed.clear()
                await _wait(self._changed, left)
        finally:
            self._pollers -= 1
        return self._updates[: data.get("limit", 100)]

    async def _do_setWebhook(self, data: Json) -> bool:  # noqa: N802
        if not str(data.get("url", "")).startswith("https://"):
            raise refused("bad webhook: HTTPS url must be provided for webhook")
        self.webhook = data
        return True

    async def _do_deleteWebhook(self, data: Json) -> bool:  # noqa: N802
        if data.get("drop_pending_updates"):
            self._updates.clear()
        self.webhook = None
        return True

    async def _do_answerCallbackQuery(self, data: Json) -> bool:  # noqa: N802
        if data["callback_query_id"] not in self.presses:
            raise refused("query is too old and response timeout expired or query ID is invalid")
        if len(str(data.get("text", ""))) > 200:
            raise refused("MESSAGE_TOO_LONG")
        self.presses[data["callback_query_id"]] = True
        return True

    async def _do_deleteMessage(self, data: Json) -> bool:  # noqa: N802
        self.erased.append((self._chat(data), data["message_id"]))
        return True

    async def _do_sendMessage(self, data: Json) -> Json:  # noqa: N802
        chat = self._chat(data)
        shown = _checked(data)
        self._messages += 1
        message = {"message_id": self._messages, "date": int(time.time()), "chat": {"id": chat, "type": "private"}}
        self.sent.append(message | shown | {"data": data})
        return message | {"text": shown["text"], "from": ME}

    async def _do_sendPhoto(self, data: Json) -> Json:  # noqa: N802
        chat = self._chat(data)
        self._messages += 1
        message = {"message_id": self._messages, "date": int(time.time()), "chat": {"id": chat, "type": "private"}}
        self.sent.append(message | {"text": str(data.get("caption", "")), "keyboard": [], "data": data})
        return message | {"photo": [], "from": ME}

    async def _do_sendPoll(self, data: Json) -> Json:  # noqa: N802
        chat = self._chat(data)
        _checked_poll(data)
        self._messages += 1
        number = f"poll{self._messages}"
        options = [{"text": each["text"], "voter_count": 0} for each in data["options"]]
        self.polls[number] = {"question": str(data["question"]), "options": options, "message": self._messages}
        message = {"message_id": self._messages, "date": int(time.time()), "chat": {"id": chat, "type": "group"}}
        self.sent.append(message | {"text": str(data["question"]), "keyboard": [], "data": data, "poll": number})
        return message | {"poll": self._poll(number), "from": ME}

    async def _do_stopPoll(self, data: Json) -> Json:  # noqa: N802
        self._chat(data)
        found = [number for number, poll in self.polls.items() if poll["message"] == data["message_id"]]
        if not found:
            raise refused("poll to stop not found")
        if self.polls[found[0]].get("closed"):
            raise refused("poll has already been closed")
        self.polls[found[0]]["closed"] = True
        self.update(poll=self._poll(found[0]))
        return self._poll(found[0])

    def _poll(self, number: str) -> Json:
        poll = self.polls[number]
        counts = {"total_voter_count": sum(each["voter_count"] for each in poll["options"])}
        kind = {"type": "quiz", "allows_multiple_answers": False, "is_anonymous": True}
        kind |= {"allows_revoting": False, "members_only": False}
        options = [{"persistent_id": str(place), **each} for place, each in enumerate(poll["options"])]
        closed = bool(poll.get("closed"))
        return {"id": number, "question": poll["question"], "is_closed": closed} | counts | kind | {"options": options}

    async def _do_editMessageText(self, data: Json) -> Json:  # noqa: N802
        chat, shown = self._chat(data), _checked(data)
        found = [each for each in self.sent if (each["chat"]["id"], each["message_id"]) == (chat, data["message_id"])]
        if not found:
            raise refused("message to edit not found")
        if found[0]["text"] == shown["text"] and found[0]["keyboard"] == shown["keyboard"]:
            raise refused("message is not modified: specified new message content is exactly the same")
        found[0].update(shown)
        return {key: found[0][key] for key in ("message_id", "date", "chat", "text")}

    def _chat(self, data: Json) -> int:
        chat = int(data["chat_id"])
        if chat in self.blocked:
            raise BotApiError(403, "Forbidden: bot was blocked by the user")
        if chat not in self.chats:
            raise refused("chat not found")
        return chat

    def _ending(self) -> bool:
        return self._server is None or self._server.should_exit


def person(user: int) -> Json:
    return {"id": user, "is_bot": False, "first_name": "学生"}


async def eventually(holds: Callable[[], Any], seconds: float = 90.0) -> None:
    """Returns once the condition holds. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - any condition of the test's own
            await asyncio.sleep(0.01)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), min(seconds, 0.2))


def _checked(data: Json) -> Json:
    """The text that is seen and its keyboard. Raises BotApiError where Telegram would refuse."""
    text = VisibleText(str(data["text"])).text if data.get("parse_mode") == "HTML" else str(data["text"])
    if not text.strip():
        raise refused("message text is empty")
    if len(text.encode("utf-16-le")) // 2 > 4096:
        raise refused("message is too long")
    keyboard = (data.get("reply_markup") or {}).get("inline_keyboard", [])
    for button in (button for row in keyboard for button in row):
        if not button.get("text") or ("url" in button) == ("callback_data" in button):
            raise refused("can't parse inline keyboard button")
        if not 0 < len(button.get("callback_data", "-").encode()) <= 64:
            raise refused("BUTTON_DATA_INVALID")
    return {"text": text, "keyboard": keyboard}


def _checked_poll(data: Json) -> None:
    """Raises BotApiError where Telegram would refuse."""
    options, right = data["options"], data.get("correct_option_ids", [])
    if not 1 <= len(str(data["question"])) <= 300:
        raise refused("poll question must be 1-300 characters")
    if not 2 <= len(options) <= 12 or not all(1 <= len(each["text"]) <= 100 for each in options):
        raise refused("poll must have 2-12 options of 1-100 characters")
    if data.get("type") != "quiz" or not right or not all(0 <= place < len(options) for place in right):
        raise refused("quiz must have a correct option")
    if len(str(data.get("explanation", ""))) > 200 or str(data.get("explanation", "")).count("\n") > 2:
        raise refused("message is too long")
    if data.get("is_anonymous") is not True:
        raise refused("who answered would be shown")


def _value(text: Any) -> Any:
    try:
        return json.loads(text) if str(text)[:1] in "[{0123456789-tf" else text
    except ValueError:
        return text


def _failed(error: BotApiError) -> JSONResponse:
    body = {"ok": False, "error_code": error.code, "description": error.description}
    return JSONResponse(body | ({"parameters": error.parameters} if error.parameters else {}), error.code)
