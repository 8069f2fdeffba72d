"""Content-addressed files: a file's name is the SHA-256 of its bytes."""

from portal.storage.local import FileMissing, LocalStore, Store, StoreError

__all__ = ["FileMissing", "LocalStore", "Store", "StoreError"]
