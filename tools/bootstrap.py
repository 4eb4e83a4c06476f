"""Bring the pinned uv into ``.tools/`` and run it: ``python3 tools/bootstrap.py sync --frozen``.

Needs a Python of 3.8 or newer and its standard library, nothing else. In this order:

1. ``.tools/uv-<version>/`` when it is there already,
2. ``pip download``, which honours the user's index and certificate settings,
3. the package index's JSON interface, when this Python has no pip,
4. a message that says what to put where.
"""

import hashlib
import json
import os
import platform
import shutil
import ssl
import stat
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path
from typing import Any, Dict, List, Optional

UV_VERSION = "0.13.9"
ROOT = Path(__file__).resolve().parent.parent
EXECUTABLE = "uv.exe" if os.name == "nt" else "uv"
DEFAULT_INDEX = "https://pypi.org/simple"


class BootstrapError(Exception):
    """A way of getting uv that did not work here."""


def uv_path(root: Path = ROOT) -> Path:
    """Where the pinned uv belongs; the version in the name makes an upgrade a new file."""
    return root / ".tools" / ("uv-" + UV_VERSION) / EXECUTABLE


def ensure_uv(root: Path = ROOT) -> Path:
    """Return the path of the pinned uv, fetching it first when it is not there."""
    chosen = os.environ.get("IODKIT_UV")
    if chosen:
        return Path(chosen)
    target = uv_path(root)
    if target.is_file():
        return target
    print("Fetching uv {} into {}".format(UV_VERSION, target.parent), file=sys.stderr)
    failures = []
    with tempfile.TemporaryDirectory() as scratch:
        for way in (download_with_pip, download_from_index):
            try:
                install_wheel(way(Path(scratch)), target)
            except (BootstrapError, OSError, zipfile.BadZipFile) as error:
                failures.append("  {}: {}".format(way.__name__.replace("_", " "), error))
            else:
                return target
    raise SystemExit(_instructions(target, failures))


def download_with_pip(folder: Path) -> Path:
    """Let pip choose and check the wheel."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--only-binary=:all:"]
    command += ["--dest", str(folder), "uv==" + UV_VERSION]
    try:
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise BootstrapError(str(error))
    if result.returncode:
        lines = (result.stderr or result.stdout).strip().splitlines()
        raise BootstrapError(lines[-1] if lines else "pip failed")
    return next(folder.glob("uv-*.whl"))


def download_from_index(folder: Path) -> Path:
    """Fetch the wheel for this machine over HTTP and compare its checksum."""
    index = os.environ.get("PIP_INDEX_URL") or DEFAULT_INDEX
    page_url = index.rstrip("/") + "/uv/"
    page = json.loads(_get(page_url, "application/vnd.pypi.simple.v1+json").decode("utf-8"))
    wheel = choose_wheel(page["files"], platform_tags())
    data = _get(urllib.parse.urljoin(page_url, wheel["url"]), "*/*")
    found = hashlib.sha256(data).hexdigest()
    if found != wheel["hashes"].get("sha256"):
        raise BootstrapError("the checksum of {} differs".format(wheel["filename"]))
    path = folder / str(wheel["filename"])
    path.write_bytes(data)
    return path


def choose_wheel(files: List[Dict[str, Any]], tags: List[str]) -> Dict[str, Any]:
    """Pick the pinned version's wheel whose platform tag fits, the first of `tags` first.

    A tag ends in the architecture; the digits between are the oldest system that the wheel
    runs on, of which uv builds one that is old enough for all that Python 3.11 supports.
    """
    prefix = "uv-{}-py3-none-".format(UV_VERSION)
    for tag in tags:
        family, _, architecture = tag.partition(":")
        for file in files:
            name = file["filename"]
            if not (name.startswith(prefix) and name.endswith(".whl")):
                continue
            platforms = name[len(prefix) : -len(".whl")].split(".")
            if any(p.startswith(family) and p.endswith(architecture) for p in platforms):
                return file
    raise BootstrapError("no wheel of uv {} for {}".format(UV_VERSION, " or ".join(tags)))


def platform_tags(
    system: Optional[str] = None, machine: Optional[str] = None, libc: Optional[str] = None
) -> List[str]:
    """Return the wheel platforms of this machine as ``family:architecture``, the best first."""
    system = (system or platform.system()).lower()
    machine = (machine or platform.machine()).lower()
    names = {"amd64": "x86_64", "x64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}
    machine = names.get(machine, machine)
    if system == "linux":
        if libc is None:
            libc = platform.libc_ver()[0]
        families = ["manylinux", "musllinux"] if libc == "glibc" else ["musllinux"]
        return [family + ":_" + machine for family in families]
    if system == "darwin":
        return ["macosx:_" + {"aarch64": "arm64"}.get(machine, machine)]
    if system == "windows":
        return ["win:" + {"x86_64": "_amd64", "aarch64": "_arm64"}.get(machine, "win32")]
    raise BootstrapError("no wheel of uv is known for {} on {}".format(system, machine))


def install_wheel(wheel: Path, target: Path) -> None:
    """Take the executable out of the wheel; the rename makes it appear whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    member = "uv-{}.data/scripts/{}".format(UV_VERSION, EXECUTABLE)
    with zipfile.ZipFile(wheel) as archive:
        if member not in archive.namelist():
            raise BootstrapError("{} has no {}".format(wheel.name, member))
        handle, part = tempfile.mkstemp(dir=str(target.parent))
        with archive.open(member) as source, os.fdopen(handle, "wb") as sink:
            shutil.copyfileobj(source, sink)
    os.chmod(part, stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
    os.replace(part, str(target))


def environment(root: Path = ROOT) -> Dict[str, str]:
    """Return the environment for uv: this machine's certificates, and a cache that can be written.

    uv brings certificates of its own, which do not know an organisation's proxy; the system's
    are taken where there are any.
    """
    env = dict(os.environ)
    env.pop("VIRTUAL_ENV", None)
    env.setdefault("UV_HTTP_TIMEOUT", "180")
    if "SSL_CERT_FILE" not in env and _system_certificates():
        env.setdefault("UV_SYSTEM_CERTS", "1")
    if not _can_hold_cache(env):
        env.setdefault("UV_CACHE_DIR", str(root / ".tools" / "cache"))
    return env


def main(arguments: List[str]) -> int:
    """Run uv with the arguments, or print where it is when there are none."""
    if sys.version_info < (3, 8):
        raise SystemExit("tools/bootstrap.py needs Python 3.8 or newer, found " + sys.version)
    uv = str(ensure_uv())
    if not arguments:
        print(uv)
        return 0
    env = environment()
    if os.name == "nt":
        return subprocess.run([uv, *arguments], env=env, check=False).returncode
    os.execve(uv, [uv, *arguments], env)
    raise AssertionError("unreachable")


def _get(url: str, accept: str) -> bytes:
    if not url.startswith(("https://", "http://")):
        raise BootstrapError("not an HTTP address: " + url)
    request = urllib.request.Request(url, headers={"Accept": accept, "User-Agent": "iodkit"})
    try:
        with urllib.request.urlopen(request, timeout=180) as response:
            return bytes(response.read())
    except urllib.error.URLError as error:
        raise BootstrapError("{}: {}".format(url, error.reason))


def _system_certificates() -> bool:
    paths = ssl.get_default_verify_paths()
    if paths.cafile:
        return True
    return bool(paths.capath) and any(Path(paths.capath).iterdir())


def _can_hold_cache(env: Dict[str, str]) -> bool:
    """Tell whether the folder that would hold uv's cache, or its nearest parent, is writable."""
    base = env.get("XDG_CACHE_HOME") or env.get("HOME") or env.get("LOCALAPPDATA")
    if not base:
        return False
    folder = Path(base)
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(str(folder), os.W_OK)


def _instructions(target: Path, failures: List[str]) -> str:
    return "\n".join(
        [
            "uv {} could not be fetched:".format(UV_VERSION),
            *failures,
            "Do one of these and run the command again:",
            "  - allow access to the package index (PIP_INDEX_URL names a mirror, PIP_CERT or",
            "    SSL_CERT_FILE the certificates of a proxy),",
            "  - put the executable of uv {} at {},".format(UV_VERSION, target),
            "  - set IODKIT_UV to the path of an installed uv.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
