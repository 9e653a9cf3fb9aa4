"""Repositories of the Hugging Face hub: what a data set or a model is published with.

All that would be uploaded is first written into a folder here, with a list; only what is listed is
uploaded, and only if that is asked for.
"""
