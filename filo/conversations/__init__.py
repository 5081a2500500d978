"""Messages, cases and deliveries: what was said, about what, and whether it arrived."""
