"""The runtimes themselves: what they compute, and how much arena they need."""
