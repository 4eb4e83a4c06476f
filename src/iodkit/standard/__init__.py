"""What the standard fixes: enumerated values, and the UIDs that pydicom lacks."""
