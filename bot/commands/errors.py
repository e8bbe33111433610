"""Mistakes that people can mend end in one clear line, not in a stack trace."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

#: The exit code of a mistake that can be mended.
MENDABLE = 2


class CommandError(Exception):
    """A mistake in the use of a command; the text says what and how to mend it."""


@contextmanager
def mendable() -> Iterator[None]:
    """Prints known mistakes to standard error and exits with code 2; a reader that went away ends quietly."""
    try:
        yield
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None
    except Exception as error:
        if not _known(error):
            raise
        print(sentence(error), file=sys.stderr)
        raise SystemExit(MENDABLE) from None


def sentence(error: Exception) -> str:
    """The error in the words of the messages files, where it has some there."""
    key = getattr(error, "key", "")
    if not key:
        return str(error)
    from bot.app import content_root
    from bot.content.problems import ContentError
    from bot.content.yamlfile import read_yaml
    from bot.settings import SettingsError, read_settings

    group, _, name = key.partition(".")
    try:
        root = content_root(read_settings())
        told = read_yaml(root / "knowledge" / "messages" / f"{group}.yaml", root)[name]
    except (ContentError, SettingsError, KeyError, TypeError):
        return str(error)
    detail = getattr(error, "detail", "")
    return f"{told}（{detail}）" if detail else str(told)


def _known(error: Exception) -> bool:
    from bot.content.build import BuildError
    from bot.content.problems import ContentError
    from bot.settings import SettingsError
    from bot.storage.errors import StorageError

    return isinstance(error, CommandError | BuildError | ContentError | SettingsError | StorageError)
