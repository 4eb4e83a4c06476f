"""``python -m iodkit``: the command ``iodkit``."""

import sys

from iodkit.cli import main

if __name__ == "__main__":
    sys.exit(main())
