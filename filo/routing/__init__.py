"""Who should answer, and by when."""
