"""Puts the content folders into the wheel as ``bot/data``: in the checkout they stand at the top, for their editors."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent


class BuildWithContent(build_py):
    """Copies ``knowledge`` and ``intents`` beside the code that is packed."""

    def run(self) -> None:
        """Packs the code, then the content."""
        super().run()
        if self.editable_mode:
            return
        for folder in ("knowledge", "intents"):
            target = Path(self.build_lib, "bot", "data", folder)
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(HERE / folder, target)


setup(cmdclass={"build_py": BuildWithContent})
