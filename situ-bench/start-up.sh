#!/bin/sh
# From the start of `./situ serve` to the first reply over TCP, in milliseconds: median of so many starts.
#
#   situ-bench/start-up.sh [starts]
set -eu
root=$(CDPATH='' cd "$(dirname "$0")/.." && pwd -P)
"$root/situ" version >/dev/null # builds what is stale, outside of the measurement
exec python3 - "$root/situ" "${1:-7}" <<'PY'
import re, socket, statistics, subprocess, sys, time

def start_up(situ):
    begin = time.monotonic()
    server = subprocess.Popen([situ, "serve", "--port", "0", "--r2p2-port", "0"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
    try:
        port = int(re.search(r"tcp=\S+:(\d+)", server.stdout.readline()).group(1))
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"PING\r\n")
            assert client.recv(7) == b"+PONG\r\n"
        return (time.monotonic() - begin) * 1000
    finally:
        server.terminate()
        server.wait()

times = sorted(start_up(sys.argv[1]) for _ in range(int(sys.argv[2])))
print(f"start to first reply: median {statistics.median(times):.0f} ms, {times[0]:.0f} to {times[-1]:.0f} ms, {len(times)} starts")
PY
