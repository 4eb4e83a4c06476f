"""The template that the family of key object selections brings."""

from iodkit_sr.templates.hooks import TemplateEntry, hookimpl


@hookimpl
def iodkit_sr_register_templates() -> list[TemplateEntry]:
    """Register the template of key object selections.

    Returns
    -------
    list of TemplateEntry
        One record.
    """
    return [TemplateEntry("2010", "Key Object Selection", "iodkit_ko.content:KeyObjectSelection")]
