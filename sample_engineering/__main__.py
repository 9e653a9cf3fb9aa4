"""`python -m sample_engineering` is `se`."""

from sample_engineering.entry import main

main()
