"""A sliding window worked out by hand: numbers as people type them, exact sums, named filters, the sparse matrix."""
