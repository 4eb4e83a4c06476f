"""Validation of attributes: what checks say, and the tables of IODs that they check against."""

from iodkit.attributes.findings import Fault, Finding, Severity
from iodkit.attributes.report import Report

__all__ = ["Fault", "Finding", "Report", "Severity"]
