"""The names of what is written in the audit log, read from the code that writes it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bot.outreach.entering import Step
from bot.staff.accounts import JOIN, RESET
from bot.storage.push_types import PushState

#: What writes a line, by the name that it is called by.
WRITERS = {"audit", "_audit", "changed", "_changing", "_noted", "AuditLog"}
#: Names that are put together, with what may stand in them. One that is missing here fails the test.
TOGETHER = {
    "activity.{}": set(Step),
    "push.{}": {PushState.ASKED, PushState.SCHEDULED, PushState.PAUSED, PushState.CANCELLED},
    "identity.{}": {"ask", "at_once", "grant"},
    "staff.{}": {JOIN, RESET},
    "staff.{}_link": {JOIN, RESET},
}
_NAME = re.compile(r"[a-z_]+\.[a-z_{}]+")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def actions_written(code: Path) -> set[str]:
    """Every name that the code below this folder writes."""
    trees = [ast.parse(file.read_text("utf-8")) for file in code.rglob("*.py")]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)]
    names = {name for function in functions if _writes(function) for name in _names(function)}
    return names | {value for tree in trees for value in _dropped(tree)}


def _writes(function: ast.AST) -> bool:
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return any(_called(call) in WRITERS for call in calls)


def _called(call: ast.expr) -> str:
    if isinstance(call, ast.Attribute):
        return call.attr
    if isinstance(call, ast.Call):  # AuditLog(store)(connection, ...)
        return _called(call.func)
    return call.id if isinstance(call, ast.Name) else ""


def _tells(call: ast.expr) -> bool:
    return ast.unparse(call).startswith("log.") or _called(call) in {"say", "get"}


def _names(function: ast.AST) -> Iterator[str]:
    """Dotted names among the literals, save those of messages and of the service's own log."""
    others = {
        id(part)
        for node in ast.walk(function)
        if isinstance(node, ast.Subscript) or (isinstance(node, ast.Call) and _tells(node.func))
        for part in ast.walk(node)
    }
    for node in ast.walk(function):
        if id(node) in others:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
            if _NAME.fullmatch(text):
                yield from (text.replace("{}", str(value)) for value in TOGETHER[text])
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _NAME.fullmatch(node.value):
            yield node.value


def _dropped(tree: ast.Module) -> Iterator[str]:
    """The names that stand as constants of their modules."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in {"DROPPED", "DUE"}:
            value = ast.literal_eval(node.value)
            if isinstance(value, str):
                yield value
