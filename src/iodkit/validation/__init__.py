"""Validation of objects: rules, profiles of viewers, sets of objects, policies on reading."""

from iodkit.validation.reading import read
from iodkit.validation.repairs import repair
from iodkit.validation.sets import validate_set
from iodkit.validation.subject import Subject
from iodkit.validation.validating import validate

__all__ = ["Subject", "read", "repair", "validate", "validate_set"]
