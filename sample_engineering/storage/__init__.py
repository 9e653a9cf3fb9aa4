"""Files and folders in object stores: ``s3://``, ``gs://``, ``hf://`` and what else fsspec reads.

Everything in this package works on ordinary files and folders. What a caller names by an address is
brought here, see `places`, and what was written is brought there; nothing else knows of addresses.
"""

from sample_engineering.named_elsewhere import is_address
from sample_engineering.storage.addresses import Address, screened
from sample_engineering.storage.places import (
    Use,
    again,
    fetched,
    is_place,
    local,
    refuse_shared,
    session,
    told,
)

__all__ = [
    "Address",
    "Use",
    "again",
    "fetched",
    "is_address",
    "is_place",
    "local",
    "refuse_shared",
    "screened",
    "session",
    "told",
]
