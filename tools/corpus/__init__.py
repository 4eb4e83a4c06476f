"""The mutation corpus: valid objects, damaged in one place each, checked by us and by dciodvfy."""
