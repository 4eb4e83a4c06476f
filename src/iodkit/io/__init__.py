"""Bytes in and out: sources, reading without decoding, encoding, files that are whole or absent."""

from iodkit.io.atomic import check_target, write_file_atomically, write_files_atomically
from iodkit.io.encode import BulkValue, encode_dataset, encode_items
from iodkit.io.items import EncodedItem, split_items
from iodkit.io.pieces import flatten_pieces, join_pieces
from iodkit.io.reader import ParsedFile, PixelDataLocation, read_dataset
from iodkit.io.sources import ByteSource, open_source
from iodkit.io.spool import BitmapFile, Spool
from iodkit.io.writer import encode_file

__all__ = [
    "BitmapFile",
    "BulkValue",
    "ByteSource",
    "EncodedItem",
    "ParsedFile",
    "PixelDataLocation",
    "Spool",
    "check_target",
    "encode_dataset",
    "encode_file",
    "encode_items",
    "flatten_pieces",
    "join_pieces",
    "open_source",
    "read_dataset",
    "split_items",
    "write_file_atomically",
    "write_files_atomically",
]
