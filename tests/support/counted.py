"""Servers and sources that count what is read from them."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from iodkit.io import ByteSource, open_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class CountedSource(ByteSource):
    """A source that remembers each read."""

    is_reopenable = True

    def __init__(self, inner: Any) -> None:
        self._inner = open_source(inner)
        self.reads: list[tuple[int, int]] = []

    @property
    def size(self) -> int:
        return self._inner.size

    @property
    def total(self) -> int:
        """Number of bytes that were read."""
        return sum(length for _, length in self.reads)

    def describe(self) -> str:
        return self._inner.describe()

    def read(self, offset: int, length: int) -> bytes:
        self.reads.append((offset, length))
        return self._inner.read(offset, length)

    def _fill(self, offset: int, view: memoryview) -> int:
        self.reads.append((offset, view.nbytes))
        self._inner.readinto(offset, view)
        return view.nbytes


class RangeServer(ThreadingHTTPServer):
    """A server of the files of a folder that answers requests for ranges of bytes."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.sent: list[int] = []

    def url(self, name: str) -> str:
        """Address of a file."""
        return f"http://127.0.0.1:{self.server_port}/{name}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        server: Any = self.server
        path: Path = server.folder / self.path.lstrip("/")
        if not path.exists():
            self.send_error(404)
            return
        data = path.read_bytes()
        wanted = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        first, last = 0, len(data) - 1
        if wanted:
            first, last = int(wanted[1]), int(wanted[2] or last)
        part = data[first : last + 1]
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(part)))
        self.send_header("Accept-Ranges", "bytes")
        if wanted:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        self.end_headers()
        if with_body:
            server.sent.append(len(part))
            self.wfile.write(part)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serve(folder: Path) -> Iterator[RangeServer]:
    """Run a server of a folder for a block."""
    server = RangeServer(folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
