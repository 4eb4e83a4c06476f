"""A store with the interface of S3 on this machine, which counts what it sends."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from referees import library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Counting:
    """A web application before another one; it keeps the sizes of answers with content."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.sent: list[int] = []

    def __call__(self, environ: Any, start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            length = dict(headers).get("Content-Length")
            if environ["REQUEST_METHOD"] == "GET" and length:
                self.sent.append(int(length))
            return start_response(status, headers, *rest)

        return self._inner(environ, start)


class Bucket:
    """A bucket with files, and how to reach it."""

    def __init__(self, port: int, counting: Counting) -> None:
        self.options: dict[str, Any] = {
            # The store accepts any name and any secret.
            "key": "nobody",
            "secret": "nothing",
            "endpoint_url": f"http://127.0.0.1:{port}",
            "client_kwargs": {"region_name": "eu-west-1"},
        }
        self.sent = counting.sent

    def put(self, path: Path) -> str:
        """Store a file; give its address."""
        store = library("s3fs", "s3fs").S3FileSystem(**self.options)
        if not store.exists("bucket"):
            store.mkdir("bucket")
        store.pipe_file(f"bucket/{path.name}", path.read_bytes())
        self.sent.clear()
        return f"s3://bucket/{path.name}"


@contextmanager
def s3_server() -> Iterator[Bucket]:
    """Run a store for a block."""
    library("flask", "flask")
    library("moto", "moto[s3]")
    moto = library("moto.server", "moto[s3]")
    serving = library("werkzeug.serving", "flask")
    counting = Counting(moto.DomainDispatcherApplication(moto.create_backend_app))
    server = serving.make_server("127.0.0.1", 0, counting, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Bucket(server.server_port, counting)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
