"""Generator of the attribute tables in ``src/iodkit/standard/tables`` (see ``__main__``)."""
