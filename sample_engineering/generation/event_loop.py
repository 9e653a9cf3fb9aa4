"""One background event loop, so that async work can be driven from any synchronous caller.

A notebook already runs a loop in its main thread, where `asyncio.run` is an error; work handed to a
thread with a loop of its own can be waited for from anywhere.
"""

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, TypeVar

T = TypeVar("T")
_END = object()


class BackgroundLoop:
    """An event loop in a daemon thread, started when first used."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(
                    target=self._loop.run_forever, name="generation", daemon=True
                ).start()
            return self._loop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` in the background and wait for it; Ctrl-C cancels it."""
        future = asyncio.run_coroutine_threadsafe(work, self._running())
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def iterate(self, source: Callable[[], AsyncIterator[T]]) -> Iterator[T]:
        """Yield what the async iterator yields; closing the iterator cancels the work."""
        items: queue.SimpleQueue[Any] = queue.SimpleQueue()

        async def pump() -> None:
            try:
                async for item in source():
                    items.put((item, None))
            except BaseException as error:
                items.put((_END, error))
                raise
            items.put((_END, None))

        future = asyncio.run_coroutine_threadsafe(pump(), self._running())
        try:
            while True:
                item, error = items.get()
                if item is _END:
                    if error is not None:
                        raise error
                    return
                yield item
        finally:
            future.cancel()

    def close(self) -> None:
        """Stop the loop."""
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._loop.stop)
                self._loop = None
