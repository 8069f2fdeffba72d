"""How fast, each figure beside the floor it is measured against; run by `make bench`."""
