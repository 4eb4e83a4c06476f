"""Conversions of segmentations: of their type, their encoding, and what one file holds."""
