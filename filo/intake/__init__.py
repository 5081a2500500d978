"""The door: receive a call, keep it, thank for it, then read it in batches."""
