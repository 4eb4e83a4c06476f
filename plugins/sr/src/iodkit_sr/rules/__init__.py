"""Rules for validation of documents, for those of other makers as well."""
