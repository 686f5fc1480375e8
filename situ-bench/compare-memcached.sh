#!/bin/sh
# GETs over UDP, side by side: memcached, and Situ over R2P2; both servers pinned to one core, the client to the other,
# rounds interleaved, medians and their ratios. Once with datagrams sent one at a time, by the same client for both, and
# once with SituClient, which lets the kernel batch (GSO and GRO).
#
#   situ-bench/compare-memcached.sh [rounds] [seconds a round]
#
# Needs memcached (Debian: memcached) and two cores.
set -eu

rounds=${1:-5}
seconds=${2:-2}
root=$(CDPATH='' cd "$(dirname "$0")/.." && pwd -P)
work=$(mktemp -d)
memcached_pid= situ_pid=
trap 'kill $memcached_pid $situ_pid 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT INT TERM

for program in memcached taskset python3; do
    command -v "$program" >/dev/null || { echo "$program is missing (Debian: memcached, util-linux, python3)" >&2; exit 2; }
done

"$root/situ" version >/dev/null # builds what is stale, outside of the measurement

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
taskset -c 0 memcached -u nobody -l 127.0.0.1 -p "$port" -U "$port" -t 1 -m 256 >"$work/memcached" 2>&1 &
memcached_pid=$!
# shellcheck disable=SC2086
taskset -c 0 "$root/situ" serve --port 0 --r2p2-port 0 --workers 1 ${SITU_OPTIONS:-} >"$work/ready" 2>"$work/log" &
situ_pid=$!
for _ in $(seq 100); do
    grep -q ready "$work/ready" && break
    sleep 0.1
done
tcp=$(sed -n 's/^ready tcp=[^ ]*:\([0-9]*\) .*/\1/p' "$work/ready")
r2p2=$(sed -n 's/.* r2p2=[^ ]*:\([0-9]*\) .*/\1/p' "$work/ready")
[ -n "$r2p2" ] || { echo "Situ did not start:" >&2; cat "$work/log" >&2; exit 1; }

taskset -c 1 "$root/situ" bench memcached-udp "$port" "$tcp" "$r2p2" "$rounds" "$seconds"
