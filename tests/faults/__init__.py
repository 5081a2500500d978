"""The fault model of docs/reference/faults.md, row by row, on real parts."""
