"""The equipment that makes an object, as one value."""

from __future__ import annotations

from dataclasses import dataclass, fields

from iodkit.errors import InvalidTypeError

__all__ = ["Equipment"]


@dataclass(frozen=True, slots=True)
class Equipment:
    """Who and what makes objects: attributes of the equipment modules (PS3.3 C.7.5.1, C.7.5.2).

    Parameters
    ----------
    manufacturer : str | None, optional
        Manufacturer of the device, or name of the organisation that wrote the software.
    manufacturer_model_name : str | None, optional
        Model name of the device, or name of the software.
    software_versions : str | tuple[str, ...] | None, optional
        Version or versions of the software.
    device_serial_number : str | None, optional
        Serial number of the device.
    institution_name : str | None, optional
        Institution where the equipment is.
    institutional_department_name : str | None, optional
        Department within the institution.
    """

    manufacturer: str | None = None
    manufacturer_model_name: str | None = None
    software_versions: str | tuple[str, ...] | None = None
    device_serial_number: str | None = None
    institution_name: str | None = None
    institutional_department_name: str | None = None

    def over(self, fallback: Equipment | None) -> Equipment:
        """Complete this equipment with the values of another one.

        Parameters
        ----------
        fallback : Equipment | None
            Where values come from that this equipment lacks.

        Returns
        -------
        Equipment
            The completed equipment.
        """
        if fallback is None:
            return self
        if not isinstance(fallback, Equipment):
            raise InvalidTypeError(
                "wrong type",
                attribute="equipment",
                found=type(fallback).__name__,
                expected="an iodkit.Equipment",
            )
        values = {}
        for field in fields(self):
            own = getattr(self, field.name)
            values[field.name] = getattr(fallback, field.name) if own is None else own
        return Equipment(**values)
