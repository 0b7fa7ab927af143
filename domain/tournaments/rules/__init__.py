"""The rules of tournaments: pure algorithms on plain values, the same answer for the same input on every machine."""
