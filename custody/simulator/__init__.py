"""Invented election nights for drills, tests and benchmarks: physical facts first, then what people would record of them."""
