"""What segments are: their descriptions, colours and palette (PS3.3 C.8.20.4)."""
