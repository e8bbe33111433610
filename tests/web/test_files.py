"""A service that begins with few open files allows itself as many as it may have."""

import subprocess
import sys

SCRIPT = """
import resource
from bot.web.files import MOST, allow_open_files, open_files
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
before = open_files()
allow_open_files()
print(before, open_files() == (MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)))
"""


def test_the_soft_limit_is_raised_to_the_hard_one():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["200", "True"]
