"""Content items that only documents have: containers, references, coordinates."""
