"""Readable summaries of any object, without saying whose it is."""

from iodkit.summaries.sections import Fact, Section, Summary
from iodkit.summaries.summary import summarise

__all__ = ["Fact", "Section", "Summary", "summarise"]
