"""Distributions made up on the spot, each in a folder of its own on the path."""

from __future__ import annotations

import sys
import textwrap
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from iodkit.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

GROUP = "test.iods.v1"


@dataclass
class World:
    """Installs made-up distributions and gives registries that see only these."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def registry(self) -> Registry:
        return Registry(GROUP)

    def install(
        self,
        distribution: str,
        body: str | None = None,
        *,
        name: str | None = None,
        group: str = GROUP,
        version: str = "1.0",
        files: dict[str, str] | None = None,
        zipped: bool = False,
        editable: bool = False,
        metadata: str | None = None,
    ) -> Path:
        """Install a distribution whose plugin module has the given body; gives its folder."""
        package = distribution.replace("-", "_")
        point = name or package
        content = {
            f"{package}-{version}.dist-info/METADATA": (
                f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
                if metadata is None
                else metadata
            ),
            f"{package}-{version}.dist-info/entry_points.txt": (
                f"[{group}]\n{point} = {package}._plugin\n"
            ),
        }
        code = {f"{package}/__init__.py": "", **(files or {})}
        if body is not None:
            code[f"{package}/_plugin.py"] = textwrap.dedent(body)
        place = self.folder / f"{package}-{version}"
        if zipped:
            place = place.with_suffix(".zip")
            with zipfile.ZipFile(place, "w") as archive:
                for path, text in {**content, **code}.items():
                    archive.writestr(path, text)
        elif editable:
            write_all(place, content)
            source = self.folder / f"{package}-src"
            write_all(source, code)
            self.monkeypatch.syspath_prepend(str(source))
        else:
            write_all(place, {**content, **code})
        self.monkeypatch.syspath_prepend(str(place))
        return place

    def iods(self, distribution: str, *uids: str, family: str = "fam", **options: object) -> Path:
        """Install a distribution that claims the given SOP classes, with a class for them."""
        package = distribution.replace("-", "_")
        body = HEADER + "@hookimpl\ndef iodkit_register_iods():\n    return [\n"
        for uid in uids:
            body += f"        IODEntry({uid!r}, 'Keyword{uid.replace('.', '_')}', {family!r},"
            body += f" '{package}.sop:Thing'),\n"
        body += "    ]\n"
        files = {f"{package}/sop.py": "class Thing:\n    pass\n"}
        return self.install(distribution, body, files=files, **options)  # type: ignore[arg-type]


HEADER = "from iodkit.registry import *\n"


def write_all(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(textwrap.dedent(text))


@pytest.fixture
def world(tmp_path, monkeypatch):
    for variable in ("DISABLE_PLUGINS", "DISABLE_AUTOLOAD", "STRICT_PLUGINS"):
        monkeypatch.delenv(f"IODKIT_{variable}", raising=False)
    monkeypatch.delenv("IODKIT_PREFER", raising=False)
    before = set(sys.modules)
    yield World(tmp_path, monkeypatch)
    for module in set(sys.modules) - before:
        if getattr(sys.modules[module], "__spec__", None) and str(tmp_path) in str(
            getattr(sys.modules[module], "__file__", "")
        ):
            del sys.modules[module]
