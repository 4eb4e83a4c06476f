"""Run every static check of the workspace, all of them even when one fails, and sum up."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Check:
    """A named command; `program` is one of the environment's, or a script or package of tools."""

    name: str
    program: str
    arguments: tuple[str, ...] = ()

    def command(self) -> list[str]:
        """Return what to run."""
        if self.program.endswith(".py"):
            return [sys.executable, f"tools/{self.program}", *self.arguments]
        if self.program.startswith("tools."):
            return [sys.executable, "-m", self.program, *self.arguments]
        return [str(Path(sysconfig.get_path("scripts")) / self.program), *self.arguments]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check said."""

    check: Check
    status: int
    output: str
    seconds: float


def checks(site: str) -> list[Check]:
    """List the checks, the slow ones first, as two run at a time."""
    return [
        Check("types (mypy)", "mypy"),
        Check("types (pyright)", "pyright"),
        Check("types of the tools (mypy)", "mypy", ("-p", "tools", "-p", "benchmarks")),
        Check("documentation", "mkdocs", ("build", "--strict", "--quiet", "--site-dir", site)),
        Check("lint", "ruff", ("check", "--quiet", ".")),
        Check("format", "ruff", ("format", "--check", "--quiet", ".")),
        Check("architecture", "lint-imports", ("--no-logo",)),
        Check("lengths", "lengths.py"),
        Check("table of errors", "errors_page.py", ("--check",)),
        Check("tables of attributes", "tools.tables", ("--check",)),
        Check("list of rules", "rules_page.py", ("--check",)),
        Check("changelog fragments", "fragments.py"),
        Check("lock file", "lockfile.py"),
        Check("lock file is current", "bootstrap.py", ("lock", "--check", "--quiet")),
    ]


def run(check: Check) -> Outcome:
    """Run one check, output and errors together."""
    started = time.monotonic()
    env = {**os.environ, "PYTHONWARNINGS": "default", "NO_MKDOCS_2_WARNING": "1"}
    result = subprocess.run(
        check.command(),
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Outcome(check, result.returncode, result.stdout.strip(), time.monotonic() - started)


def main() -> int:
    """Run all checks; the exit status is 1 when one fails."""
    with tempfile.TemporaryDirectory() as site, ThreadPoolExecutor(2) as pool:
        outcomes = []
        for outcome in pool.map(run, checks(site)):
            outcomes.append(outcome)
            verdict = "FAILED" if outcome.status else "ok"
            print(f"== {outcome.check.name}: {verdict} ({outcome.seconds:.1f} s)", flush=True)
            if outcome.output:
                print(outcome.output, flush=True)
    failed = [outcome.check.name for outcome in outcomes if outcome.status]
    print(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed")
    if failed:
        print("failed: " + ", ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
