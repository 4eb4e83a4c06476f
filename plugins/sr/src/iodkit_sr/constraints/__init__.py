"""What may be below what in each IOD: tables as data, and what breaks them (PS3.3 A.35)."""
