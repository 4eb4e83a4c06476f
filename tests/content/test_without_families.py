"""Items, and the preparation of specimens, need no family, not even that of documents."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CODE = Path(__file__).parents[1] / "support" / "content_alone.py"
# As if the distributions were not installed; tests/environments does it with real ones.
BLOCK = """
import sys
sys.modules.update(dict.fromkeys(("iodkit_sr", "iodkit_image", "iodkit_seg", "iodkit_ko")))
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "IODKIT_DISABLE_AUTOLOAD": "1"}
    command = [sys.executable, "-W", "ignore", "-c", code]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


def test_content_items_where_no_family_can_be_imported() -> None:
    done = run(BLOCK + CODE.read_text())
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr


def test_the_code_notices_families() -> None:
    assert "a family is here" in run(CODE.read_text()).stderr
