"""Who runs the tasks: processes of this machine, or the workers of a Dask scheduler."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any

from endplate.errors import CannotRun, CannotWrite, DesignFaults

_MOST_STARTS = 3  # of a worker in a row that ends without an answer
_CONNECT_S = 10.0
_PER_WORKER = 4  # tasks that a scheduler holds for each worker
# One thread a worker: as many workers as processors then share the machine without waiting for
# each other, and small arrays gain nothing from more.
_XLA = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


class Worker:
    """One process that answers asks, started anew when it is killed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self.fingerprint: dict[str, str] = {}

    def start(self) -> None:
        """Start the process and hear what it is."""
        flags = os.environ.get("XLA_FLAGS", "")
        environment = os.environ | {
            "XLA_FLAGS": flags if _XLA in flags else f"{flags} {_XLA}".strip(),
            "OMP_NUM_THREADS": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "endplate.trials.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        first = self._line()
        if first is None:
            self.end()
            raise CannotRun("a worker process could not be started; see what it wrote above.")
        self.fingerprint = first["fingerprint"]

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid if self._process else 0

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Answer to a question; the process is started again when it dies of it.

        Raises
        ------
        CannotRun
            It died several times in a row.
        DesignFaults
            It refuses the design.
        """
        for _ in range(_MOST_STARTS):
            if self._process is None:
                self.start()
            answer = self._exchange(question)
            if answer is not None:
                if "refused" in answer:
                    raise DesignFaults(answer["refused"])
                return answer
            self.end()
        raise CannotRun(
            f"a worker process ended {_MOST_STARTS} times in a row while it ran a task; what is "
            "done is kept, and --resume goes on."
        )

    def _exchange(self, question: dict[str, Any]) -> dict[str, Any] | None:
        process = self._process
        if process is None or process.stdin is None:
            return None
        try:
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
        except OSError:
            return None
        return self._line()

    def _line(self) -> dict[str, Any] | None:
        stream = self._process.stdout if self._process else None
        line = stream.readline() if stream else ""
        try:
            return json.loads(line) if line.endswith("\n") else None
        except ValueError:
            return None

    def end(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    pass


class LocalPool:
    """Processes of this machine; `workers` None is one for each processor."""

    def __init__(self, workers: int | None = None) -> None:
        count = workers or _processors()
        self.workers = tuple(Worker() for _ in range(count))

    def prepare(self, design: str) -> dict[str, Any]:
        """What the simulator works out once of a design."""
        return self.workers[0].ask({"prepare": design})["prepared"]

    def fingerprint(self) -> dict[str, str]:
        """Versions and instructions of the workers."""
        return self.workers[0].fingerprint

    def run(
        self,
        job: dict[str, Any],
        folder: str,
        numbers: Sequence[int],
        first: Sequence[int] = (),
    ) -> Iterator[tuple[int, str]]:
        """Run tasks; yields the number and digest of each as it is done, in no order.

        Parameters
        ----------
        job, folder
            What every task is given, and where its part goes.
        numbers : sequence of int
            Tasks.
        first : sequence of int
            Tasks that each need code of their own: the others wait until it is compiled, once.

        Raises
        ------
        CannotRun, CannotWrite
            A worker cannot go on, or the disk is full: what is done stays.
        """
        owed: SimpleQueue[int] = SimpleQueue()
        leaders = [number for number in dict.fromkeys(first) if number in set(numbers)]
        for number in numbers:
            if number not in leaders:
                owed.put(number)
        done: SimpleQueue[dict[str, Any] | Exception | None] = SimpleQueue()
        stop = threading.Event()
        active = self.workers[: max(1, min(len(self.workers), len(numbers)))]
        own = {one: SimpleQueue() for one in active}
        for place, number in enumerate(leaders):
            own[active[place % len(active)]].put(number)
        compiled = threading.Barrier(len(active))

        def next_of(queue: "SimpleQueue[int]") -> int | None:
            try:
                return queue.get_nowait()
            except Empty:
                return None

        def work(worker: Worker) -> None:
            try:
                for queue in (own[worker], owed):
                    while not stop.is_set() and (number := next_of(queue)) is not None:
                        done.put(worker.ask({"job": job, "folder": folder, "task": number}))
                    if queue is not owed:
                        compiled.wait()
            except threading.BrokenBarrierError:
                pass
            except Exception as fault:
                compiled.abort()
                done.put(fault)
            finally:
                done.put(None)

        threads = [threading.Thread(target=work, args=(one,), daemon=True) for one in active]
        for thread in threads:
            thread.start()
        running = len(threads)
        try:
            while running:
                answer = done.get()
                if answer is None:
                    running -= 1
                elif isinstance(answer, Exception):
                    raise answer
                elif "fault" in answer:
                    raise CannotWrite(f"{answer['fault']} What is whole stays; --resume goes on.")
                else:
                    yield answer["task"], answer["digest"]
        finally:
            stop.set()
            compiled.abort()
            if running:
                self.close()

    def close(self) -> None:
        """End the processes."""
        for worker in self.workers:
            worker.end()


def _processors() -> int:
    """Processors that this process may use."""
    may = getattr(os, "sched_getaffinity", None)
    return len(may(0)) if may is not None else os.cpu_count() or 1


class DaskPool:
    """Workers of a Dask scheduler by its address; they must see the folder of the run."""

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise CannotRun(
                "A scheduler needs distributed: pip install 'endplate[trial]'."
            ) from None
        try:
            self._client = Client(address, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, ValueError, TimeoutError):
            raise CannotRun(
                f"no scheduler answers at {address} within {_CONNECT_S:g} s; start one with "
                "`dask scheduler`, or leave --scheduler out."
            ) from None
        self._fingerprint = self._alike()

    def _alike(self) -> dict[str, str]:
        from endplate.trials.worker import fingerprint

        try:
            found: Any = self._client.run(fingerprint)
        except Exception as fault:
            self.close()
            raise CannotRun(
                f"the workers of the scheduler cannot run endplate ({type(fault).__name__}); "
                "install the same endplate[trial] for each of them."
            ) from None
        if not found:
            self.close()
            raise CannotRun("the scheduler has no worker; start some with `dask worker ADDRESS`.")
        names = sorted(found)
        first = found[names[0]]
        for name in names[1:]:
            for what, own in first.items():
                if found[name].get(what) != own:
                    self.close()
                    raise CannotRun(
                        f"worker {name} has {what} {found[name].get(what)}, worker {names[0]} has "
                        f"{what} {own}: their numbers may differ in the last digits, so "
                        "they cannot share a run."
                    )
        return first

    def fingerprint(self) -> dict[str, str]:
        """Versions and instructions of the workers, which are all alike."""
        return self._fingerprint

    def prepare(self, design: str) -> dict[str, Any]:
        """What the simulator works out once of a design."""
        from endplate.trials.worker import prepared

        return self._client.submit(prepared, design, pure=False).result()

    def run(
        self,
        job: dict[str, Any],
        folder: str,
        numbers: Sequence[int],
        first: Sequence[int] = (),
    ) -> Iterator[tuple[int, str]]:
        """Run tasks as `LocalPool.run` does; a killed worker's are given to another."""
        from distributed import as_completed

        from endplate.trials.worker import run_alike

        waiting = iter(numbers)
        window = _PER_WORKER * max(1, len(self._client.scheduler_info()["workers"]))

        def submitted(number: int) -> Any:
            return self._client.submit(
                run_alike, job, folder, number, self._fingerprint, pure=False, retries=3
            )

        del first  # every worker of a cluster compiles for itself
        begun = [submitted(number) for _, number in zip(range(window), waiting, strict=False)]
        running = as_completed(begun, loop=self._client.loop)
        for future in running:
            try:
                answer = future.result()
            except Exception as fault:
                raise CannotRun(
                    f"the cluster gave up on a task ({type(fault).__name__}); what is done is "
                    "kept, and --resume goes on."
                ) from None
            if "differs" in answer:
                what, own = next(iter(answer["differs"].items()))
                raise CannotRun(
                    f"a worker that joined later has {what} {own}, the others have "
                    f"{self._fingerprint[what]}: its numbers may differ in the last digits; end "
                    "it, and --resume goes on with what is done."
                )
            if "fault" in answer:
                raise CannotWrite(f"{answer['fault']} What is whole stays; --resume goes on.")
            number = next(waiting, None)
            if number is not None:
                running.add(submitted(number))
            yield answer["task"], answer["digest"]

    def close(self) -> None:
        """Leave the scheduler."""
        self._client.close()


@contextmanager
def pool_of(workers: int | None, scheduler: str | None) -> Iterator[LocalPool | DaskPool]:
    """Who runs the tasks."""
    pool = DaskPool(scheduler) if scheduler else LocalPool(workers)
    try:
        yield pool
    finally:
        pool.close()
