"""Writing files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias, cast

from iodkit.errors import InvalidTypeError, UnsupportedError, WriteError
from iodkit.io.pieces import flatten_pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from iodkit.io.pieces import Piece

    Content: TypeAlias = Iterable[Piece] | Callable[[BinaryIO], object]

__all__ = ["as_write_error", "check_target", "write_file_atomically", "write_files_atomically"]

_BATCH_BYTES = 8 << 20
_BATCH_PIECES = 512
_NAME_LIMIT = 200
_HAS_WRITEV = hasattr(os, "writev")


def write_file_atomically(
    target: str | os.PathLike[str] | BinaryIO, content: Content, *, overwrite: bool = True
) -> None:
    """Write a file so that it is there as a whole, or as it was before.

    The bytes go to a temporary file in the same folder, which takes the place of the target once
    they are on the disk.  If anything fails, it is removed and the target stays untouched; if the
    process is killed, a file whose name starts with ``.`` and ends with ``.partial`` is left.

    Parameters
    ----------
    target : str | os.PathLike | BinaryIO
        Name of the file; the target of a symbolic link is replaced, not the link.  A binary file
        object is written to straight away: that is *not* atomic.
    content : Iterable | Callable[[BinaryIO], object]
        Buffers (and iterables of buffers) that are written without joining them, or a function
        that writes to the file object that it is given.
    overwrite : bool, optional
        Whether an existing file is replaced.

    Raises
    ------
    WriteError
        If the file exists and must not be replaced, or cannot be written; ``errno`` says why.
    InvalidTypeError
        If the target is neither a path nor a file object, or a piece is no buffer.
    UnsupportedError
        If the target is a URL.
    """
    if hasattr(target, "write"):
        file = cast("BinaryIO", target)
        with as_write_error("the file object"):
            _write_content(file, content)
        return
    if not isinstance(target, str | os.PathLike):
        raise InvalidTypeError(
            "cannot write to this",
            found=type(target).__name__,
            expected="a path or a binary file object",
        )
    name = os.fspath(target)
    if "://" in name:
        raise UnsupportedError(
            "files are written to paths of the local file system",
            found=name,
            remedy="Give an open file object: fsspec.open(url, 'wb').",
        )
    with as_write_error(name):
        _write_path(Path(os.path.realpath(name)), content, overwrite)


@contextlib.contextmanager
def as_write_error(name: str) -> Iterator[None]:
    """Make a `WriteError` of errors of the operating system, with their number.

    Parameters
    ----------
    name : str
        What is written, for the message.
    """
    try:
        yield
    except OSError as error:
        if type(error).__module__.startswith("iodkit."):
            raise
        failure = WriteError(f"cannot write {name}: {error.strerror or error}")
        failure.errno, failure.filename = error.errno, error.filename
        raise failure from error


def write_files_atomically(
    files: Iterable[tuple[str | os.PathLike[str], Content]],
    *,
    overwrite: bool = True,
    inspect: Callable[[Path], None] | None = None,
) -> None:
    """Write several files so that all of them are there, or none.

    Parameters
    ----------
    files : Iterable[tuple[str | os.PathLike, Content]]
        Name and content of each file; see :func:`write_file_atomically`.  They are taken one by
        one, each written before the next is asked for.
    overwrite : bool, optional
        Whether existing files are replaced.
    inspect : Callable[[pathlib.Path], None] | None, optional
        Looks at each temporary file before any file takes its name, and raises if it may not.

    Raises
    ------
    WriteError
        If a file exists and must not be replaced, or cannot be written; ``errno`` says why.
    """
    partials: list[tuple[Path, Path]] = []
    placed: list[Path] = []
    try:
        for target, content in files:
            name = os.fspath(target)
            with as_write_error(name):
                path = Path(os.path.realpath(name))
                partials.append((_write_partial(path, content, overwrite), path))
        if inspect is not None:
            for partial, _ in partials:
                inspect(partial)
        for partial, path in partials:
            with as_write_error(str(path)):
                is_new = not path.exists()
                _put_in_place(partial, path, overwrite)
                placed += [path] if is_new else []
    except BaseException:
        for path in [partial for partial, _ in partials] + placed:
            with contextlib.suppress(OSError):
                path.unlink()
        raise
    for folder in {path.parent for _, path in partials}:
        _sync_folder(folder)


def check_target(target: str | os.PathLike[str], *, overwrite: bool = True) -> None:
    """Raise what writing a file would raise at once.

    Parameters
    ----------
    target : str | os.PathLike
        Name of the file.
    overwrite : bool, optional
        Whether an existing file would be replaced.

    Raises
    ------
    WriteError
        If the file exists and must not be replaced, is no regular file, or has no folder.
    """
    name = os.fspath(target)
    with as_write_error(name):
        path = Path(os.path.realpath(name))
        _mode_of_existing(path, overwrite)
        if not path.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(path.parent))


def _write_path(path: Path, content: Content, overwrite: bool) -> None:
    partial = _write_partial(path, content, overwrite)
    try:
        _put_in_place(partial, path, overwrite)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
    _sync_folder(path.parent)


def _write_partial(path: Path, content: Content, overwrite: bool) -> Path:
    """Write a temporary file beside the one that it is to become."""
    mode = _mode_of_existing(path, overwrite)
    # A name as long as is allowed leaves no room for more.
    partial = path.with_name(f".{path.name[:_NAME_LIMIT]}.{secrets.token_hex(6)}.partial")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(partial, flags, 0o666)
    try:
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            if mode is not None and hasattr(os, "fchmod"):
                with contextlib.suppress(PermissionError):
                    os.fchmod(file.fileno(), mode)
            _write_content(cast("BinaryIO", file), content)
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
    return partial


def _mode_of_existing(path: Path, overwrite: bool) -> int | None:
    """Give the permissions of the file that is replaced; ``None`` if there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    if not overwrite:
        raise FileExistsError(errno.EEXIST, "the file exists", str(path))
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is a device or pipe: open it and give the file object")
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    return stat.S_IMODE(status.st_mode)


def _put_in_place(partial: Path, path: Path, overwrite: bool) -> None:
    if overwrite:
        partial.replace(path)
        return
    try:
        # Unlike a rename, a link fails if another process has made the file meanwhile.
        os.link(partial, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(errno.EEXIST, "the file exists", str(path)) from None
        partial.rename(path)
    else:
        partial.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the new name durable; systems on which folders cannot be opened need no such thing."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write_content(file: BinaryIO, content: Content) -> None:
    if callable(content):
        content(file)
        file.flush()
        return
    buffers = flatten_pieces(content)
    descriptor = _raw_descriptor(file)
    if descriptor is None:
        for buffer in buffers:
            _write_all(file, buffer)
        return
    batch: list[memoryview] = []
    size = 0
    for buffer in buffers:
        batch.append(buffer)
        size += buffer.nbytes
        if size >= _BATCH_BYTES or len(batch) >= _BATCH_PIECES:
            _write_batch(descriptor, batch)
            batch, size = [], 0
    _write_batch(descriptor, batch)


def _raw_descriptor(file: Any) -> int | None:
    """Give the descriptor of our own unbuffered file, where several buffers go at once."""
    return file.fileno() if _HAS_WRITEV and isinstance(file, io.FileIO) else None


def _write_batch(descriptor: int, batch: list[memoryview]) -> None:
    while batch:
        done = os.writev(descriptor, batch)
        first = 0
        while first < len(batch) and done >= batch[first].nbytes:
            done -= batch[first].nbytes
            first += 1
        batch = batch[first:]
        if done:
            batch[0] = batch[0][done:]


def _write_all(file: BinaryIO, buffer: memoryview) -> None:
    while buffer.nbytes:
        done: int | None = file.write(buffer)
        if done is None:  # file objects that tell nothing have taken everything
            return
        buffer = buffer[done:]
