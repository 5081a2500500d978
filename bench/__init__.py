"""How fast: one command, ratios in one run."""
