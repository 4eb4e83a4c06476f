"""Validation of objects: rules, profiles of viewers, sets of objects, policies on reading."""

from iodkit.validation.validating import validate

__all__ = ["validate"]
