"""Who runs the tasks: processes of this machine, or the workers of a Dask scheduler."""

import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any

from endplate.errors import CannotRun, CannotWrite, DesignFaults

_MOST_STARTS = 3  # of a worker in a row that ends without an answer
_CONNECT_S = 10.0
_PER_WORKER = 4  # tasks that a scheduler holds for each worker
# One thread a worker: as many workers as processors then share the machine without waiting for
# each other, and small arrays gain nothing from more. The size of XLA's own pool of threads, whose
# handing over of work cost half as much again as the work, is read from NPROC alone.
_XLA = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
_ONE_THREAD = {"NPROC": "1", "OMP_NUM_THREADS": "1"}


class Worker:
    """One process that answers asks, started anew when it is killed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self.fingerprint: dict[str, str] = {}

    def start_ahead(self) -> None:
        """Start the process beside what this one does, for whoever asks it first to hear."""
        if self._process is None:
            self._process = self._started()

    def start(self) -> None:
        """Start the process and hear what it is."""
        if self._process is None:
            self._process = self._started()
        first = self._line()
        if first is None:
            self.end()
            raise CannotRun("a worker process could not be started; see what it wrote above.")
        self.fingerprint = first["fingerprint"]

    def _started(self) -> "subprocess.Popen[str]":
        flags = os.environ.get("XLA_FLAGS", "")
        environment = os.environ | {
            "XLA_FLAGS": flags if _XLA in flags else f"{flags} {_XLA}".strip(),
            **_ONE_THREAD,
        }
        return subprocess.Popen(
            [sys.executable, "-m", "endplate.trials.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

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
            if self._process is None or not self.fingerprint:
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
        process, self._process, self.fingerprint = self._process, None, {}
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


class _Owed:
    """Tasks that are still to run, shared by the threads of a pool.

    The first task of each kind goes to a worker alone; the others of the kind wait until it has
    run, for then what they need is compiled and lies in the cache.
    """

    def __init__(self, numbers: Sequence[int], kinds: Sequence[int] | None) -> None:
        self._kind = dict(zip(numbers, kinds or [0] * len(numbers), strict=True))
        self._waiting = {kind: deque[int]() for kind in self._kind.values()}
        for number, kind in self._kind.items():
            self._waiting[kind].append(number)
        self._begun: set[int] = set()
        self._compiled = set() if kinds else {0}
        self._stopped = False
        self._changed = threading.Condition()

    def take(self) -> int | None:
        """Next task; None where there is none left."""
        with self._changed:
            while not self._stopped and any(self._waiting.values()):
                for kind, numbers in self._waiting.items():
                    if numbers and (kind in self._compiled or kind not in self._begun):
                        self._begun.add(kind)
                        return numbers.popleft()
                self._changed.wait()
            return None

    def ran(self, number: int) -> None:
        """Tell that a task has run."""
        with self._changed:
            self._compiled.add(self._kind[number])
            self._changed.notify_all()

    def stop(self) -> None:
        """Give out no more."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()


class LocalPool:
    """Processes of this machine; `workers` None is one for each processor."""

    def __init__(self, workers: int | None = None) -> None:
        count = workers or _processors()
        self.workers = tuple(Worker() for _ in range(count))

    def prepare(self, design: str, tasks: int = 1) -> dict[str, Any]:
        """What the simulator works out once of a design; as many as so many tasks ask for start."""
        for worker in self.workers[: max(1, tasks)]:
            worker.start_ahead()
        return self.workers[0].ask({"prepare": design})["prepared"]

    def fingerprint(self) -> dict[str, str]:
        """Versions and instructions of the workers."""
        return self.workers[0].fingerprint

    def run(
        self,
        job: dict[str, Any],
        folder: str,
        numbers: Sequence[int],
        kinds: Sequence[int] | None = None,
    ) -> Iterator[tuple[int, str]]:
        """Run tasks; yields the number and digest of each as it is done, in no order.

        Parameters
        ----------
        job, folder
            What every task is given, and where its part goes.
        numbers : sequence of int
            Tasks.
        kinds : sequence of int
            Of each task what code it needs: it is compiled once, and those that need it wait.

        Raises
        ------
        CannotRun, CannotWrite
            A worker cannot go on, or the disk is full: what is done stays.
        """
        done: SimpleQueue[dict[str, Any] | Exception | None] = SimpleQueue()
        active = self.workers[: max(1, min(len(self.workers), len(numbers)))]
        owed = _Owed(numbers, kinds)

        def work(worker: Worker) -> None:
            try:
                while (number := owed.take()) is not None:
                    done.put(worker.ask({"job": job, "folder": folder, "task": number}))
                    owed.ran(number)
            except Exception as fault:
                owed.stop()
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
            owed.stop()
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

    def prepare(self, design: str, tasks: int = 1) -> dict[str, Any]:
        """What the simulator works out once of a design."""
        from endplate.trials.worker import prepared

        del tasks  # the workers of a cluster have started

        return self._client.submit(prepared, design, pure=False).result()

    def run(
        self,
        job: dict[str, Any],
        folder: str,
        numbers: Sequence[int],
        kinds: Sequence[int] | None = None,
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

        del kinds  # every worker of a cluster compiles for itself
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
