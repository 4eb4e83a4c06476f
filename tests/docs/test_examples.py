"""Every Python block of the documentation runs, page by page."""

import re
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
WITH_CODE = [page for page in PAGES if BLOCK.search(page.read_text())]


def test_there_are_examples():
    assert len(WITH_CODE) >= 5


@pytest.mark.parametrize("page", WITH_CODE, ids=lambda page: str(page.relative_to(ROOT)))
def test_page(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = page.read_text()
    namespace = {"__name__": "__main__"}
    for block in BLOCK.finditer(text):
        # Tracebacks show the line of the page.
        padding = "\n" * (text[: block.start(1)].count("\n"))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            # What pynrrd writes its date with.
            warnings.filterwarnings("ignore", "datetime.datetime.utcnow", DeprecationWarning)
            exec(compile(padding + block.group(1), str(page), "exec"), namespace)
