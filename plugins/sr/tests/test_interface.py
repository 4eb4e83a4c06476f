"""The public interface is the one that is written down."""

from pathlib import Path

import iodkit_sr
from interface import check_interface


def test_interface():
    check_interface(iodkit_sr, Path(__file__).with_name("interface.txt"))
