"""Proof on the real runtimes: a model that lowtide wrote computes what its source computes, in less memory.

`forked` keeps a crash of a runtime away from the tests, `tflm` and `litert` run models and measure arenas, `files` reads
models and recounts their peak, `matching` pairs the tensors of two models, `compare` compares their values, `corpus` knows
the models and what is known about them, `cli` calls lowtide.
"""
