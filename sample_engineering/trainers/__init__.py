"""One-shot training: recipes, rewards, control arms, and the validation of a sample."""
