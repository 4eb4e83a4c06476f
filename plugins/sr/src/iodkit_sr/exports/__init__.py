"""Content trees in other forms: outlines, pages, plain data and tables."""
