"""Scripts of the workspace: each runs alone, on the standard library."""
