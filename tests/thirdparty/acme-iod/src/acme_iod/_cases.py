"""Cases for the conformance kit."""

from functools import partial

from acme_iod.sop import EncapsulatedPDF
from iodkit.testing.conformance import BadCall, ConformanceCase


def _inputs(document):
    return {"document": document, "document_title": "Report", "manufacturer": "Acme"}


def cases():
    """Make a document of even and of odd length."""
    bad = (BadCall("document", {"document": b"no document"}),)
    return [
        ConformanceCase(name, EncapsulatedPDF, partial(_inputs, data), bad)
        for name, data in (("even", b"%PDF-1.7 odd"), ("odd", b"%PDF-1.7 even"))
    ]
