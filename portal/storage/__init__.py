"""Content-addressed files: a file's name is the SHA-256 of its bytes."""

from portal.storage.local import FileMissing, LocalStore, Store, Stored, StoreError, hash_of

__all__ = ["FileMissing", "LocalStore", "Store", "StoreError", "Stored", "hash_of"]
