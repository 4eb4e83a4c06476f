"""Conversions of volumes to and from other libraries, which are imported only when used."""
