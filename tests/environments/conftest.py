"""Fresh environments with our distributions in them, built once for all workers of a test run."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SOURCES = {
    "iodkit": ROOT,
    "iodkit-image": ROOT / "plugins/image",
    "iodkit-seg": ROOT / "plugins/seg",
    "iodkit-sr": ROOT / "plugins/sr",
    "iodkit-ko": ROOT / "plugins/ko",
    "acme-iod": ROOT / "tests/thirdparty/acme-iod",
}
COPIED = ("src", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md")


def find_uv() -> str | None:
    """uv from the path, or the one that the make targets bring; pip does it too, slower."""
    own = sorted(ROOT.glob(".tools/**/uv"))
    return shutil.which("uv") or next((str(path) for path in own if path.is_file()), None)


def clean_environment(**variables: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("IODKIT_", "PYTHON", "VIRTUAL_ENV", "COVERAGE", "PYTEST"))
    }
    if "SSL_CERT_FILE" not in kept:
        # uv's own certificates do not know an organisation's proxy, the system's do.
        kept.setdefault("UV_SYSTEM_CERTS", "1")
    return {**kept, **variables}


def call(*command: str | Path, cwd: Path) -> None:
    result = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        pytest.fail(f"{command}\n{result.stdout}\n{result.stderr}", pytrace=False)


@contextlib.contextmanager
def locked(path: Path, patience: float = 300) -> Iterator[None]:
    """Keep the other workers out."""
    limit = time.monotonic() + patience
    while True:
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)
    try:
        yield
    finally:
        path.unlink()


@dataclass(frozen=True)
class Environment:
    """A Python environment with some of our distributions."""

    folder: Path

    @property
    def scripts(self) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        return self.scripts / "python"

    def python_code(self, code: str, *arguments: str, **variables: str) -> str:
        """Run code and give what it prints; it must not fail, nor print errors."""
        result = self.start(self.python, "-c", code, *arguments, **variables)
        assert result.returncode == 0, result.stderr
        assert result.stderr == ""
        return result.stdout.rstrip("\n")

    def command(self, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the command ``iodkit``."""
        return self.start(self.scripts / "iodkit", *arguments, **variables)

    def start(self, *command: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(part) for part in command],
            cwd=self.folder if self.folder.exists() else None,
            env=clean_environment(**variables),
            capture_output=True,
            text=True,
            check=False,
        )

    def install(self, *what: str | Path) -> None:
        uv = find_uv()
        if uv:
            call(uv, "pip", "install", "--quiet", "--python", self.python, *what, cwd=self.folder)
        else:
            call(self.python, "-m", "pip", "install", "--quiet", *what, cwd=self.folder)


@dataclass(frozen=True)
class Workshop:
    """Builds wheels and environments, each once."""

    folder: Path

    def source(self, distribution: str) -> Path:
        """A copy of a distribution's sources, outside of the workspace."""
        target = self.folder / "sources" / distribution
        if not target.exists():
            target.mkdir(parents=True)
            for name in COPIED:
                original = SOURCES[distribution] / name
                if original.is_dir():
                    ignored = shutil.ignore_patterns("__pycache__")
                    shutil.copytree(original, target / name, ignore=ignored)
                elif original.exists():
                    shutil.copy(original, target / name)
        return target

    def wheel(self, distribution: str) -> Path:
        """A distribution's wheel."""
        out = self.folder / "wheels" / distribution
        with locked(self.folder / f"wheel-{distribution}.lock"):
            if not out.exists():
                source, uv = self.source(distribution), find_uv()
                out.parent.mkdir(exist_ok=True)
                partial = out.with_suffix(".partial")
                if uv:
                    call(uv, "build", "--quiet", "--wheel", "--out-dir", partial, cwd=source)
                else:
                    pip = (sys.executable, "-m", "pip")
                    call(*pip, "wheel", "--quiet", "--no-deps", "-w", partial, ".", cwd=source)
                partial.rename(out)
        (wheel,) = out.glob("*.whl")
        return wheel

    def environment(self, name: str, *distributions: str) -> Environment:
        """An environment with exactly these of our distributions, and what they need."""
        environment = Environment(self.folder / "environments" / name)
        wheels = [self.wheel(distribution) for distribution in distributions]
        done = environment.folder / "done"
        with locked(self.folder / f"environment-{name}.lock"):
            if not done.exists():
                uv = find_uv()
                self.folder.joinpath("environments").mkdir(exist_ok=True)
                if uv:
                    python = ("--python", sys.executable)
                    call(uv, "venv", "--quiet", *python, environment.folder, cwd=self.folder)
                else:
                    call(sys.executable, "-m", "venv", environment.folder, cwd=self.folder)
                environment.install(*wheels)
                done.touch()
        return environment

    def foreign(self, name: str, *requirements: str) -> Environment:
        """An environment with other people's distributions; skips where they are not to be had."""
        environment = Environment(self.folder / "environments" / name)
        uv = find_uv()
        if uv is None:
            pytest.skip(f"{name} needs an environment of its own, which uv makes; uv is not here")
        done = environment.folder / "done"
        with locked(self.folder / f"environment-{name}.lock"):
            if not done.exists():
                environment.folder.parent.mkdir(exist_ok=True)
                python = ("--python", environment.python, "--no-config")
                for command in (
                    (uv, "venv", "--quiet", "--clear", "--python", "3.11", environment.folder),
                    (uv, "pip", "install", "--quiet", *python, *requirements),
                ):
                    made = environment.start(*command)
                    if made.returncode:
                        reason = made.stderr.strip()[-300:]
                        pytest.skip(f"{name} cannot be installed here: {reason}")
                done.touch()
        return environment


@pytest.fixture(scope="session")
def pydicom_seg(workshop):
    # It was made for the pydicom and the numpy of its time.
    requirements = ("pydicom-seg>=0.4.1", "pydicom<3", "numpy<2", "setuptools<80")
    return workshop.foreign("pydicom-seg", *requirements)


@pytest.fixture(scope="session")
def workshop(tmp_path_factory, request):
    base = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        base = base.parent
    folder = base / "iodkit-environments"
    folder.mkdir(exist_ok=True)
    return Workshop(folder)


@pytest.fixture(scope="session")
def kernel(workshop):
    return workshop.environment("kernel", "iodkit")


@pytest.fixture(scope="session")
def with_image(workshop):
    return workshop.environment("image", "iodkit", "iodkit-image")


@pytest.fixture(scope="session")
def with_sr(workshop):
    return workshop.environment("sr", "iodkit", "iodkit-sr")


@pytest.fixture(scope="session")
def with_ko(workshop):
    return workshop.environment("ko", "iodkit", "iodkit-sr", "iodkit-ko")


@pytest.fixture(scope="session")
def with_seg(workshop):
    return workshop.environment("seg", "iodkit", "iodkit-image", "iodkit-seg")


@pytest.fixture(scope="session")
def with_all(workshop):
    return workshop.environment("all", "iodkit", "iodkit-image", "iodkit-seg", "acme-iod")
