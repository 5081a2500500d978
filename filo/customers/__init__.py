"""One person, all their addresses, and why we believe they belong together."""
