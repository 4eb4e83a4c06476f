"""Conditions of types 1C and 2C: a small language that reads as English and is evaluated."""

from iodkit.attributes.conditions.expressions import Condition, Lookup, Truth, same_value
from iodkit.attributes.conditions.language import parse_condition

__all__ = ["Condition", "Lookup", "Truth", "parse_condition", "same_value"]
