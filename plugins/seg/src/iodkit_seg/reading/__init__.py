"""What is asked of a segmentation, and how its pixels are brought together."""
