"""`python -m sample_engineering` is `se`."""

from sample_engineering.cli import main

main()
