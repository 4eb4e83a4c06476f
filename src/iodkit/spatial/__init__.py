"""Everything spatial: affines, transformers, tilings, order of planes, geometries and volumes."""

from iodkit.spatial.affine import (
    convert_affine_to_convention,
    create_affine_matrix_from_attributes,
    create_affine_matrix_from_components,
    create_rotation_matrix,
    get_closest_patient_orientation,
    get_normal_vector,
)
from iodkit.spatial.channels import RGB_COLOR_CHANNEL_DESCRIPTOR, ChannelDescriptor
from iodkit.spatial.conventions import VOLUME_INDEX_CONVENTION, rotation_for_patient_orientation
from iodkit.spatial.errors import GeometryMismatchError, NotAVolumeError
from iodkit.spatial.geometry import VolumeGeometry, VolumeToVolumeTransformer
from iodkit.spatial.orthogonality import orthonormal_cosines
from iodkit.spatial.regularity import describe_positions
from iodkit.spatial.stack import Gap, StackKind, StackReport
from iodkit.spatial.volume import Volume

__all__ = [
    "RGB_COLOR_CHANNEL_DESCRIPTOR",
    "VOLUME_INDEX_CONVENTION",
    "ChannelDescriptor",
    "Gap",
    "GeometryMismatchError",
    "NotAVolumeError",
    "StackKind",
    "StackReport",
    "Volume",
    "VolumeGeometry",
    "VolumeToVolumeTransformer",
    "convert_affine_to_convention",
    "create_affine_matrix_from_attributes",
    "create_affine_matrix_from_components",
    "create_rotation_matrix",
    "describe_positions",
    "get_closest_patient_orientation",
    "get_normal_vector",
    "orthonormal_cosines",
    "rotation_for_patient_orientation",
]
