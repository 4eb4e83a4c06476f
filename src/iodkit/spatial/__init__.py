"""Everything spatial: affines, transformers, tilings, order of planes, geometries and volumes."""

from iodkit.spatial.affine import (
    convert_affine_to_convention,
    create_affine_matrix_from_attributes,
    create_affine_matrix_from_components,
    create_rotation_matrix,
    get_closest_patient_orientation,
    get_normal_vector,
)
from iodkit.spatial.between_planes import ImageToImageTransformer, PixelToPixelTransformer
from iodkit.spatial.between_volumes import VolumeToVolumeTransformer
from iodkit.spatial.channels import RGB_COLOR_CHANNEL_DESCRIPTOR, ChannelDescriptor
from iodkit.spatial.conventions import VOLUME_INDEX_CONVENTION, rotation_for_patient_orientation
from iodkit.spatial.describing import describe_positions
from iodkit.spatial.errors import GeometryMismatchError, NotAVolumeError
from iodkit.spatial.from_reference import (
    ReferenceToImageTransformer,
    ReferenceToPixelTransformer,
)
from iodkit.spatial.geometry import VolumeGeometry
from iodkit.spatial.image_plane import ImagePlane, get_image_coordinate_system, read_plane
from iodkit.spatial.image_stack import describe_stack
from iodkit.spatial.orthogonality import orthonormal_cosines
from iodkit.spatial.planes import (
    are_plane_positions_tiled_full,
    compute_plane_position_slide_per_frame,
    compute_plane_position_tiled_full,
    get_plane_positions_of_image,
    get_plane_positions_of_series,
)
from iodkit.spatial.points import (
    are_points_coplanar,
    map_coordinate_into_pixel_matrix,
    map_pixel_into_coordinate_system,
)
from iodkit.spatial.sorting import get_dataset_sort_index, get_plane_sort_index, sort_datasets
from iodkit.spatial.stack import Gap, StackReport
from iodkit.spatial.stack_kind import StackKind
from iodkit.spatial.tiled_frames import iter_tiled_full_frame_data
from iodkit.spatial.tiling import (
    compute_tile_positions_per_frame,
    get_tile_array,
    is_tiled_image,
    tile_pixel_matrix,
)
from iodkit.spatial.to_reference import (
    ImageToReferenceTransformer,
    PixelToReferenceTransformer,
)
from iodkit.spatial.volume import Volume
from iodkit.spatial.volume_positions import get_series_volume_positions, get_volume_positions

__all__ = [
    "RGB_COLOR_CHANNEL_DESCRIPTOR",
    "VOLUME_INDEX_CONVENTION",
    "ChannelDescriptor",
    "Gap",
    "GeometryMismatchError",
    "ImagePlane",
    "ImageToImageTransformer",
    "ImageToReferenceTransformer",
    "NotAVolumeError",
    "PixelToPixelTransformer",
    "PixelToReferenceTransformer",
    "ReferenceToImageTransformer",
    "ReferenceToPixelTransformer",
    "StackKind",
    "StackReport",
    "Volume",
    "VolumeGeometry",
    "VolumeToVolumeTransformer",
    "are_plane_positions_tiled_full",
    "are_points_coplanar",
    "compute_plane_position_slide_per_frame",
    "compute_plane_position_tiled_full",
    "compute_tile_positions_per_frame",
    "convert_affine_to_convention",
    "create_affine_matrix_from_attributes",
    "create_affine_matrix_from_components",
    "create_rotation_matrix",
    "describe_positions",
    "describe_stack",
    "get_closest_patient_orientation",
    "get_dataset_sort_index",
    "get_image_coordinate_system",
    "get_normal_vector",
    "get_plane_positions_of_image",
    "get_plane_positions_of_series",
    "get_plane_sort_index",
    "get_series_volume_positions",
    "get_tile_array",
    "get_volume_positions",
    "is_tiled_image",
    "iter_tiled_full_frame_data",
    "map_coordinate_into_pixel_matrix",
    "map_pixel_into_coordinate_system",
    "orthonormal_cosines",
    "read_plane",
    "rotation_for_patient_orientation",
    "sort_datasets",
    "tile_pixel_matrix",
]
