"""Existing segmentations as what new ones are made of: frames as stored, places, succession."""
