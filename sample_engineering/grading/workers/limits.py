"""Limits on what one answer may cost in a worker process."""

# A worker that has not answered by then is killed. Math-Verify's own suite takes 1.2 s at most for
# one case (measured: median 10 ms, 99th percentile 0.5 s); a training step waits for the slowest.
WALL_SECONDS = 2.0
# Processor seconds after which the worker gives up by itself, which spares the restart.
CPU_SECONDS = 1.5
# On an idle machine a busy worker is killed at WALL_SECONDS. One that got less than this share of
# it as processor time is given more wall time, up to the factor below.
PATIENCE = 0.7
STARVED_FACTOR = 8
# Loading sympy and Math-Verify takes 1 to 2 s; this allows for a heavily loaded machine.
START_SECONDS = 120.0
MEMORY_BYTES = 2 * 1024**3
