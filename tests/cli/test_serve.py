"""`endplate serve` says in one sentence why it cannot."""

import socket
import subprocess
import sys


def test_a_port_in_use_is_told_in_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "endplate", "serve", "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 2
    assert done.stdout == ""
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith(f"cannot listen on 127.0.0.1:{port}: ")
    assert sentence.endswith("choose another with --host and --port")
