"""Prints the part of requirements.lock that the service needs to run, or that builds its wheel, hashes included."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent.parent
_PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==")
_PROJECT = "faxiaohu"


def plain(name: str) -> str:
    """The name of a package in its normal form, without extras and versions."""
    found = re.match(r"[A-Za-z0-9._-]+", name)
    return re.sub(r"[-_.]+", "-", found[0] if found else "").lower()


def pins(lock: str) -> dict[str, str]:
    """Each pinned package of the lock with its lines."""
    blocks: dict[str, str] = {}
    name = ""
    for line in lock.splitlines(keepends=True):
        if pin := _PIN.match(line):
            name = plain(pin["name"])
        elif line.startswith("#"):
            name = ""
        if name:
            blocks[name] = blocks.get(name, "") + line
    return blocks


def parents(block: str) -> set[str]:
    """Who asks for a package, as the lock's ``# via`` lines say."""
    said = re.findall(r"^ +#(?: +via)? *(\S.*)$", block, re.MULTILINE)
    return {plain(item) for item in said if item != "via"} - {_PROJECT}


def wanted(roots: set[str], blocks: dict[str, str]) -> list[str]:
    """The roots and all that they need. Raises LookupError where the lock has not a root."""
    if missing := roots - set(blocks):
        raise LookupError(f"not in requirements.lock: {', '.join(sorted(missing))}; run `make lock`")
    found: set[str] = set()
    grown = set(roots)
    while grown != found:
        found = grown
        grown = found | {name for name, block in blocks.items() if parents(block) & found}
    return sorted(found)


def selected(part: str, project: str, lock: str) -> str:
    """The lines for ``run`` or ``build``. Raises LookupError."""
    data = tomllib.loads(project)
    asked = data["project"]["dependencies"] if part == "run" else data["build-system"]["requires"]
    blocks = pins(lock)
    return "".join(blocks[name] for name in wanted({plain(item) for item in asked}, blocks))


if __name__ == "__main__":
    project, lock = (HERE / "pyproject.toml").read_text("utf-8"), (HERE / "requirements.lock").read_text("utf-8")
    sys.stdout.write(selected(sys.argv[1], project, lock))
