"""The checks, one file each; `components.py` lists them."""
