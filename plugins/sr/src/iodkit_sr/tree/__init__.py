"""The tree of content items: one pass over its bytes, an index in columns, queries, nodes."""
