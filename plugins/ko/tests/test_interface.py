"""The public interface is the one that is written down."""

from pathlib import Path

import iodkit_ko
from interface import check_interface


def test_interface():
    check_interface(iodkit_ko, Path(__file__).with_name("interface.txt"))
