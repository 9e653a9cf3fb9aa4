"""Whether two answers are the same: one check per kind of gold."""
