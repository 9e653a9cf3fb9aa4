"""From an answer as written to its tree: normal spelling, tokens, parser, formulas."""
