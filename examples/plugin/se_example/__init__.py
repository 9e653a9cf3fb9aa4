"""One component of every kind for sample-engineering."""
