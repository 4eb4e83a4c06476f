"""A pytest plugin that makes property-based tests run long: ``-p tools.fuzzing -m hypothesis``.

Tests name a small number of examples, so that the suite stays quick; this multiplies it by
``IODKIT_FUZZ_FACTOR`` before the tests are imported.
"""

from __future__ import annotations

import functools
import os
from typing import Any

import hypothesis

FACTOR = int(os.environ.get("IODKIT_FUZZ_FACTOR", "50"))
DEFAULT_EXAMPLES = 100


def pytest_configure() -> None:
    """Multiply the examples of the tests that name a number, and of those that do not."""
    original = hypothesis.settings.__init__

    @functools.wraps(original)
    def multiplied(self: hypothesis.settings, *args: Any, **kwargs: Any) -> None:
        if isinstance(kwargs.get("max_examples"), int):
            kwargs["max_examples"] *= FACTOR
        original(self, *args, **kwargs)

    profile = hypothesis.settings(max_examples=DEFAULT_EXAMPLES * FACTOR, deadline=None)
    hypothesis.settings.register_profile("fuzz", profile)
    hypothesis.settings.load_profile("fuzz")
    hypothesis.settings.__init__ = multiplied  # type: ignore[method-assign]
