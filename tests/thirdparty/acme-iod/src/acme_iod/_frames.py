"""The functional groups that acme-iod adds to multi-frame objects."""

from iodkit.frames import Macro, Placement


def macros() -> list[Macro]:
    """Describe the page that a frame shows: private attributes tell their VR."""
    return [
        Macro(
            "00191101",
            "Acme Page",
            "Acme conformance statement, 7.2",
            ("00191110:US", "00191111:LO"),
            Placement.PER_FRAME,
        )
    ]
