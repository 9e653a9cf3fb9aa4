"""The named benchmarks: one file each, or one for a family that shares its records' shape."""
