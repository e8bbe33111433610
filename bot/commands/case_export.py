"""``faxiaohu case open-export``: opens a sealed case with the passphrase, which is typed and never an argument."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from bot.commands.audit import records_words
from bot.commands.errors import CommandError
from bot.desk.envelope import EnvelopeError, open_files
from bot.settings import read_settings


def open_export(file: Path, folder: Path | None = None) -> None:
    """Writes what the file holds into a new folder that only this user can read; beside the file where none is given.

    Needs neither the database nor its key. Raises CommandError, with nothing written.
    """
    words = records_words(read_settings())
    target = folder or file.with_suffix("")
    if target.exists():
        raise CommandError(words["command_exists"].format(folder=target))
    try:
        sealed = file.read_bytes()
    except OSError as error:
        raise CommandError(words["command_no_file"].format(reason=error.strerror)) from None
    passphrase = typer.prompt(words["command_passphrase"], hide_input=True)
    try:
        files = open_files(sealed, passphrase)
    except EnvelopeError:
        raise CommandError(words["command_wrong"]) from None
    _write(target, files)
    typer.echo(words["command_opened"].format(folder=target))


def _write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(mode=0o700, parents=True)
    for name, content in files.items():
        # Only plain names: a file made by somebody else must not write elsewhere.
        place = folder / Path(name).name
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
            made.write(content)
