"""Key object selections: the façade of the distribution ``iodkit-ko``."""

from iodkit._families import explain_absence

try:
    from iodkit_ko import *  # noqa: F403 - a façade shows what its family declares public
except ModuleNotFoundError as error:
    explain_absence("ko", error)
