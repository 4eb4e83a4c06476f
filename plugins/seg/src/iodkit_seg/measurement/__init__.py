"""Measurements of segments: how much there is of each, and where."""
