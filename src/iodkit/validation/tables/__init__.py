"""Checking an object against the attribute tables of its IOD."""

from iodkit.validation.tables.checking import check_attributes
from iodkit.validation.tables.codes import CODES

__all__ = ["CODES", "check_attributes"]
