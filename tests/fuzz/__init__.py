"""Coverage-guided fuzzing of every parser that reads a stranger's bytes: `bin/fuzz`."""
