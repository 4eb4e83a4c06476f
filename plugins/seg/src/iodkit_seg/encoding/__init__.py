"""From masks to the bytes of frames."""
