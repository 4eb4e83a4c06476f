"""How the bootstrap gets uv: from its folder, from pip, from the index, or with instructions."""

import hashlib
import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from tools import bootstrap

MEMBER = f"uv-{bootstrap.UV_VERSION}.data/scripts/{bootstrap.EXECUTABLE}"
WHEEL = f"uv-{bootstrap.UV_VERSION}-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"


def wheel_bytes(member=MEMBER):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(member, "#!/bin/sh\necho uv\n")
    return buffer.getvalue()


@pytest.fixture(autouse=True)
def no_choice(monkeypatch):
    monkeypatch.delenv("IODKIT_UV", raising=False)


def gives_wheel(folder):
    path = folder / WHEEL
    path.write_bytes(wheel_bytes())
    return path


def fails(folder):
    raise bootstrap.BootstrapError(f"no way through {folder.name and 'here'}")


def test_a_chosen_uv_is_taken(monkeypatch, tmp_path):
    monkeypatch.setenv("IODKIT_UV", "/somewhere/uv")
    assert bootstrap.ensure_uv(tmp_path) == Path("/somewhere/uv")


def test_what_is_there_is_not_fetched_again(monkeypatch, tmp_path):
    target = bootstrap.uv_path(tmp_path)
    target.parent.mkdir(parents=True)
    target.touch()
    monkeypatch.setattr(bootstrap, "download_with_pip", fails)
    monkeypatch.setattr(bootstrap, "download_from_index", fails)
    assert bootstrap.ensure_uv(tmp_path) == target


def test_the_index_serves_where_pip_fails(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap, "download_with_pip", fails)
    monkeypatch.setattr(bootstrap, "download_from_index", gives_wheel)
    target = bootstrap.ensure_uv(tmp_path)
    assert target == bootstrap.uv_path(tmp_path)
    assert os.access(target, os.X_OK)
    assert [p.name for p in target.parent.iterdir()] == [target.name]


def test_without_any_way_it_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap, "download_with_pip", fails)
    monkeypatch.setattr(bootstrap, "download_from_index", fails)
    with pytest.raises(SystemExit, match="no way through here") as caught:
        bootstrap.ensure_uv(tmp_path)
    assert "IODKIT_UV" in str(caught.value)
    assert not bootstrap.uv_path(tmp_path).exists()


def test_a_wheel_without_uv_leaves_nothing(tmp_path):
    wheel = tmp_path / WHEEL
    wheel.write_bytes(wheel_bytes("uv/readme"))
    target = bootstrap.uv_path(tmp_path)
    with pytest.raises(bootstrap.BootstrapError, match="has no"):
        bootstrap.install_wheel(wheel, target)
    assert list(target.parent.iterdir()) == []


def test_the_checksum_of_the_index_counts(monkeypatch, tmp_path):
    good = wheel_bytes()
    answers = {}

    def get(url, accept):
        assert accept
        return answers[url]

    monkeypatch.setattr(bootstrap, "_get", get)
    monkeypatch.setattr(bootstrap, "platform_tags", lambda: ["manylinux:_x86_64"])
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple/")
    page = "https://mirror.example/simple/uv/"
    files = [
        {
            "filename": WHEEL,
            "url": f"../files/{WHEEL}",
            "hashes": {"sha256": hashlib.sha256(good).hexdigest()},
        }
    ]
    answers[page] = json.dumps({"files": files}).encode()
    answers[f"https://mirror.example/simple/files/{WHEEL}"] = good
    assert bootstrap.download_from_index(tmp_path).read_bytes() == good
    answers[f"https://mirror.example/simple/files/{WHEEL}"] = good + b"!"
    with pytest.raises(bootstrap.BootstrapError, match="checksum"):
        bootstrap.download_from_index(tmp_path)


@pytest.mark.parametrize(
    ("machine", "tags"),
    [
        (("Linux", "x86_64", "glibc"), ["manylinux:_x86_64", "musllinux:_x86_64"]),
        (("Linux", "arm64", ""), ["musllinux:_aarch64"]),
        (("Darwin", "arm64", None), ["macosx:_arm64"]),
        (("Windows", "AMD64", None), ["win:_amd64"]),
    ],
)
def test_platforms(machine, tags):
    assert bootstrap.platform_tags(*machine) == tags


def test_an_unknown_platform_is_said():
    with pytest.raises(bootstrap.BootstrapError, match="plan9"):
        bootstrap.platform_tags("plan9", "mips")
    with pytest.raises(bootstrap.BootstrapError, match="no wheel"):
        bootstrap.choose_wheel([{"filename": WHEEL}], ["macosx:_arm64"])


def test_other_versions_are_passed_over():
    files = [{"filename": "uv-0.0.1-py3-none-manylinux_2_17_x86_64.whl"}, {"filename": WHEEL}]
    assert bootstrap.choose_wheel(files, ["manylinux:_x86_64"])["filename"] == WHEEL


def test_a_home_that_cannot_be_written_gets_a_cache_of_the_project(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv("HOME", str(blocked))
    for name in ("XDG_CACHE_HOME", "UV_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    assert bootstrap.environment(tmp_path)["UV_CACHE_DIR"].startswith(str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path / "not" / "yet"))
    assert "UV_CACHE_DIR" not in bootstrap.environment(tmp_path)
