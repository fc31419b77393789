"""Models of one operator each, for every kernel that TFLM has: what a kernel keeps shows in them alone."""
