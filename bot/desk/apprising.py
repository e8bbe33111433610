"""Sends by apprise: DingTalk, WeCom, e-mail, SMS gateways, any webhook. Imported late: it costs 20 MB."""

from __future__ import annotations

import asyncio
import logging
import warnings
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

from bot.desk.answers import RefusedError, check_refusal, hearing, listen, taken

if TYPE_CHECKING:
    from apprise import NotifyBase

#: Seconds for connecting and for each read, and for a whole send, after which it counts as failed.
SOCKET, WHOLE = 5.0, 20.0
#: Sends at once, and to one address. A name that is looked up in vain keeps its thread longer than anybody waits.
AT_ONCE, TO_ONE = 32, 4
#: What would act on this machine instead of reaching a person.
LOCAL = frozenset({"dbus", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows"})


class RouteError(Exception):
    """An address that cannot be used. The text never holds it."""


def check_target(target: str) -> None:
    """Raise RouteError where a text is no address that apprise can send to. It loads apprise: call it in a thread."""
    _made(target)


class Apprising:
    """Sends texts by apprise, each in a thread of its own pool, since its plugins block."""

    def __init__(self, whole: float = WHOLE) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="alert")
        self._whole = whole
        self._running: dict[str, list[Future[bool]]] = {}

    async def warm(self) -> None:
        """Load the library before an alert is in a hurry."""
        await asyncio.get_running_loop().run_in_executor(self._threads, _quiet)

    async def send(self, target: str, title: str, text: str) -> bool:
        """Whether the text was taken. Raises RefusedError where it was not, and a number says why."""
        running = [sending for sending in self._running.get(target, ()) if not sending.done()]
        if len(running) >= TO_ONE:
            return False
        sending = self._threads.submit(_send, target, title, text)
        self._running[target] = [*running, sending]
        try:
            return await asyncio.wait_for(asyncio.wrap_future(sending), self._whole)
        except TimeoutError:
            return False

    def close(self) -> None:
        """Let go of the threads; what is being sent is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _send(target: str, title: str, text: str) -> bool:
    try:
        plugin = _made(target)
        with hearing() as heard:
            sent = bool(plugin.notify(body=text, title=title))
        if sent:
            return taken(plugin.schema, heard)
        check_refusal(plugin.schema, heard)
    except RefusedError:
        raise
    except Exception:  # a plugin may raise anything, and its words may quote the address
        return False
    return False


def _made(target: str) -> NotifyBase:
    scheme = target.partition("://")[0].strip().lower()
    plugin: NotifyBase | None = (
        None if scheme in LOCAL else _quiet().Apprise.instantiate(target.strip(), suppress_exceptions=True)
    )
    if plugin is None:
        raise RouteError
    plugin.socket_connect_timeout = plugin.socket_read_timeout = SOCKET
    # It paces what one plugin sends, some even the first: an alert would stand for seconds, a second receiver too long.
    plugin.request_rate_per_sec = 0
    return plugin


@cache
def _quiet() -> ModuleType:
    with warnings.catch_warnings():
        # Its e-mail plugin imports a module that Python 3.13 has no more, and makes up for it by itself.
        warnings.simplefilter("ignore", DeprecationWarning)
        import apprise

        # It logs addresses with their secrets.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
        listen()
        # Plugins are loaded with the first address.
        apprise.Apprise.instantiate("json://localhost")
    return apprise
