"""What the channels share in which Filo is the provider: the commands of our own panel."""
