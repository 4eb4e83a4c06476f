"""Cases for the conformance kit."""

from acme_iod.sop import EncapsulatedPDF
from iodkit.testing.kit import BadCall, ConformanceCase


def _make(document, title):
    return EncapsulatedPDF(document, title, manufacturer="Acme")


def cases():
    """Make a document of even and of odd length."""
    uid = "1.2.840.10008.5.1.4.1.1.104.1"
    bad = (BadCall(lambda: _make(b"no document", "Report"), "document"),)
    return [
        ConformanceCase(name, uid, _make, lambda data=data: (data, "Report"), bad)
        for name, data in (("even", b"%PDF-1.7 odd"), ("odd", b"%PDF-1.7 even"))
    ]
