"""Edits of segmentations: each makes a new instance, and leaves the original as it was."""
