"""Check that ``uv.lock`` fetches from the public index only, whatever index locked it."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
HOSTS = frozenset({"pypi.org", "files.pythonhosted.org"})


def addresses(value: object) -> Iterator[str]:
    """Yield every address in the lock file, of indexes and of files."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in {"url", "registry", "git", "path"} and isinstance(inner, str):
                yield inner
            else:
                yield from addresses(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from addresses(inner)


def strangers(text: str) -> list[str]:
    """Return the addresses in the text of a lock file that are not of the public index."""
    found = set(addresses(tomllib.loads(text)))
    return sorted(
        address
        for address in found
        if urlsplit(address).scheme != "https" or urlsplit(address).hostname not in HOSTS
    )


def main() -> int:
    """Check the workspace's lock file."""
    found = strangers((ROOT / "uv.lock").read_text(encoding="utf-8"))
    for address in found:
        print(f"uv.lock: {address} is not of {', '.join(sorted(HOSTS))}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
