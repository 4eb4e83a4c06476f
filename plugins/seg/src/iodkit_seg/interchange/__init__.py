"""Segments in the formats of other programs: files, metadata, contours and lists of names."""
