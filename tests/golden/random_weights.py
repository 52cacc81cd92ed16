"""The twin of random_weights.cpp: the same floats, bit for bit."""
import numpy as np


def random_weights(name, seed, shape, amplitude, offset=0.0):
    state = 0xCBF29CE484222325
    for byte in name.encode():
        state = ((state ^ byte) * 0x100000001B3) % 2**64
    state ^= seed
    count = int(np.prod(shape))
    with np.errstate(over="ignore"):
        z = np.uint64(state) + np.uint64(0x9E3779B97F4A7C15) * np.arange(1, count + 1, dtype=np.uint64)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    steps = (z >> np.uint64(40)).astype(np.int64) - 2**23
    values = steps.astype(np.float32) * np.float32(2**-23) * np.float32(amplitude) + np.float32(offset)
    return values.reshape(shape)


def linear_amplitude(inputs):
    amplitude = 1.0
    while amplitude * amplitude * inputs > 6:
        amplitude /= 2
    return amplitude
