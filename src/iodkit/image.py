"""Every DICOM image: the façade of the distribution ``iodkit-image``."""

from iodkit._families import explain_absence

try:
    from iodkit_image import *  # noqa: F403 - a façade shows what its family declares public
except ModuleNotFoundError as error:
    explain_absence("image", error)
