"""The commands of `se`: options in, one call of the API, tables and files out."""
