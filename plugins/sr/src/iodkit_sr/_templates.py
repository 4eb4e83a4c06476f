"""The templates that the document family itself brings."""

from iodkit_sr.templates.hooks import TemplateEntry, hookimpl

_HOME = "iodkit_sr.templates.observers:"


@hookimpl
def iodkit_sr_register_templates() -> list[TemplateEntry]:
    """Register the templates of observers.

    Returns
    -------
    list of TemplateEntry
        One record for each template.
    """
    return [
        TemplateEntry("1002", "Observer Context", f"{_HOME}ObserverContext"),
        TemplateEntry(
            "1003",
            "Person Observer Identifying Attributes",
            f"{_HOME}PersonObserverIdentifyingAttributes",
        ),
        TemplateEntry(
            "1004",
            "Device Observer Identifying Attributes",
            f"{_HOME}DeviceObserverIdentifyingAttributes",
        ),
    ]
