"""Values of trees: numbers of fifty digits, functions, units, sets of real numbers."""
