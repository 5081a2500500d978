"""What we say first: consent, the ladder of roads, notices for the absent."""
