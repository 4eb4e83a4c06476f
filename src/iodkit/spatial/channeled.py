"""Grids with voxel values, whose array may have channels behind the spatial axes."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from iodkit.errors import InvalidValueError, NotFoundError
from iodkit.spatial.channels import (
    ChannelDescriptor,
    ChannelIdentifier,
    ChannelTable,
    find_channel,
)
from iodkit.spatial.errors import GeometryMismatchError
from iodkit.spatial.matching import MatchableGrid
from iodkit.spatial.vectors import FloatArray, readonly

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from enum import Enum

__all__ = ["ChanneledGrid"]


class ChanneledGrid(MatchableGrid):
    """A grid with an array of values: its voxels, its channels, and the choice among them."""

    _array: np.ndarray
    _channels: ChannelTable

    @property
    def array(self) -> np.ndarray:
        """numpy.ndarray: The voxels, of shape (slices, rows, columns, *channels); not a copy.

        An array of the same shape can be assigned.
        """
        return self._array

    @array.setter
    def array(self, value: np.ndarray) -> None:
        if not isinstance(value, np.ndarray) or value.shape != self._array.shape:
            raise InvalidValueError(
                "the array must have the shape of the present one",
                attribute="array",
                found=np.shape(value),
                expected=str(self._array.shape),
            )
        self._array = value

    @property
    def dtype(self) -> np.dtype[Any]:
        """numpy.dtype: Type of the voxels."""
        return self._array.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """tuple[int, ...]: Shape of the array, channels included."""
        return self._array.shape

    @property
    def ndim(self) -> int:
        """int: Number of axes, channels included."""
        return self._array.ndim

    @property
    def number_of_channel_dimensions(self) -> int:
        """int: Number of axes of channels."""
        return len(self._channels)

    @property
    def channel_shape(self) -> tuple[int, ...]:
        """tuple[int, ...]: Number of channels along each axis of channels."""
        return self._array.shape[3:]

    @property
    def channel_descriptors(self) -> tuple[ChannelDescriptor, ...]:
        """tuple[ChannelDescriptor, ...]: What each axis of channels stands for."""
        return tuple(self._channels)

    def get_channel_values(
        self, channel_identifier: int | str | ChannelDescriptor
    ) -> list[str | int | float | Enum]:
        """Return the values along an axis of channels.

        Parameters
        ----------
        channel_identifier : int | str | ChannelDescriptor
            Keyword, tag or descriptor.

        Returns
        -------
        list[str | int | float | Enum]
            One value for each channel.

        Raises
        ------
        NotFoundError
            If the volume has no such channels.
        """
        number = find_channel(self._channels, channel_identifier)
        return list(self._channels[self.channel_descriptors[number]])

    def get_channel(self, *, keepdims: bool = False, **kwargs: Any) -> Self:
        """Select channels by value.

        Parameters
        ----------
        keepdims : bool, optional
            Whether axes of which a channel is selected stay, with a length of one.
        **kwargs : str | int | float | Enum
            For keywords of channels, the value of the channel to select, for example
            ``SegmentNumber=2``.

        Returns
        -------
        Volume
            Volume with the selected channels; its array is a view.

        Raises
        ------
        NotFoundError
            If the volume has no such channels or no such value.
        """
        index: list[int | slice] = [slice(None)] * self.number_of_channel_dimensions
        for keyword, value in kwargs.items():
            number = find_channel(self._channels, keyword)
            descriptor = self.channel_descriptors[number]
            values = self._channels[descriptor]
            wanted = descriptor.coerce(value)
            if wanted not in values:
                raise NotFoundError(
                    "no such channel", attribute=keyword, found=value, expected=str(list(values))
                )
            at = values.index(wanted)
            index[number] = slice(at, at + 1) if keepdims else at
        table = {
            descriptor: values[item] if isinstance(item, slice) else ()
            for (descriptor, values), item in zip(self._channels.items(), index, strict=True)
        }
        table = {d: v for d, v in table.items() if v}
        selected = self._array[(slice(None), slice(None), slice(None), *index)]
        return self._with_values(selected, table)

    def permute_channel_axes(self, channel_identifiers: Sequence[ChannelIdentifier]) -> Self:
        """Reorder the axes of channels by name.

        Parameters
        ----------
        channel_identifiers : Sequence[int | str | ChannelDescriptor]
            All descriptors of the volume, or their keywords or tags, in the new order.

        Returns
        -------
        Volume
            Rearranged volume; its array is a view.

        Raises
        ------
        NotFoundError
            If the volume has no such channels.
        InvalidValueError
            If one is missing or given twice.
        """
        return self.permute_channel_axes_by_index(
            [find_channel(self._channels, i) for i in channel_identifiers]
        )

    def permute_channel_axes_by_index(self, indices: Sequence[int]) -> Self:
        """Reorder the axes of channels by number.

        Parameters
        ----------
        indices : Sequence[int]
            For each axis of channels of the result, the number, from zero, of the one it comes
            from.

        Returns
        -------
        Volume
            Rearranged volume; its array is a view.

        Raises
        ------
        InvalidValueError
            If `indices` is not a permutation.
        """
        order = [operator.index(i) for i in indices]
        if sorted(order) != list(range(self.number_of_channel_dimensions)):
            raise InvalidValueError(
                "not a permutation of the axes of channels",
                attribute="indices",
                found=order,
                expected=f"0 to {self.number_of_channel_dimensions - 1}",
            )
        items = list(self._channels.items())
        values = self._array.transpose(0, 1, 2, *(i + 3 for i in order))
        return self._with_values(values, dict(items[i] for i in order))

    def squeeze_channel(
        self, channel_descriptors: Sequence[ChannelIdentifier] | None = None
    ) -> Self:
        """Remove axes of channels of length one.

        Parameters
        ----------
        channel_descriptors : Sequence[int | str | ChannelDescriptor], optional
            The axes to remove; by default all of length one.

        Returns
        -------
        Volume
            Volume without these axes; its array is a view.

        Raises
        ------
        GeometryMismatchError
            If a named axis is longer than one.
        """
        lengths = self.channel_shape
        if channel_descriptors is None:
            numbers = [i for i, n in enumerate(lengths) if n == 1]
        else:
            numbers = [find_channel(self._channels, c) for c in channel_descriptors]
        for number in numbers:
            if lengths[number] != 1:
                raise GeometryMismatchError(
                    "an axis with several channels cannot be removed",
                    attribute=self.channel_descriptors[number].keyword,
                    found=lengths[number],
                    expected="1",
                )
        kept = {
            descriptor: values
            for i, (descriptor, values) in enumerate(self._channels.items())
            if i not in numbers
        }
        values = self._array.squeeze(axis=tuple(i + 3 for i in numbers))
        return self._with_values(values, kept)

    def _with_values(self, array: np.ndarray, channels: ChannelTable | None = None) -> Self:
        """Return a volume at the same place with another array, without checks."""
        return self._build(self._affine, array, self._channels if channels is None else channels)

    def _derive(
        self,
        affine: FloatArray,
        spatial_shape: Sequence[int],  # noqa: ARG002  (the array knows)
        operation: Callable[[np.ndarray], np.ndarray],
    ) -> Self:
        return self._build(affine + 0.0, operation(self._array), self._channels)

    def _build(self, affine: FloatArray, array: np.ndarray, channels: ChannelTable) -> Self:
        new = type(self).__new__(type(self))
        vars(new).update(vars(self))
        new._affine = readonly(affine)
        new._spatial_shape = array.shape[:3]
        new._array = array
        new._channels = channels
        return new

    def _describe(self) -> str:
        channels = "".join(
            f", {len(values)} × {descriptor.keyword}"
            for descriptor, values in self._channels.items()
        )
        return f"{super()._describe()} {self.dtype}{channels}"
