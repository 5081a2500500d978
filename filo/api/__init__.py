"""The public HTTP API, version 1: what a program may ask and do with somebody's token."""
