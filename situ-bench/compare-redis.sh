#!/bin/sh
# redis-benchmark against Situ and redis-server, side by side: both servers pinned to one core, the client to the other,
# rounds interleaved (A B A B ...), medians and their ratio.
#
#   situ-bench/compare-redis.sh [rounds] [requests a run]
#
# Needs redis-server, redis-benchmark (Debian: redis-server, redis-tools) and two cores. Environment: DEPTHS="1 16",
# CLIENTS=50, SIZE=64, and SITU_OPTIONS for more options of `situ serve`.
set -eu

rounds=${1:-5}
requests=${2:-200000}
depths=${DEPTHS:-1 16}
clients=${CLIENTS:-50}
size=${SIZE:-64}
root=$(CDPATH='' cd "$(dirname "$0")/.." && pwd -P)
work=$(mktemp -d)
redis_pid= situ_pid=
trap 'kill $redis_pid $situ_pid 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT INT TERM

for program in redis-server redis-benchmark taskset; do
    command -v "$program" >/dev/null || { echo "$program is missing (Debian: redis-server, redis-tools, util-linux)" >&2; exit 2; }
done

"$root/situ" version >/dev/null # builds what is stale, outside of the measurement

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
redis_port=$(free_port)
taskset -c 0 redis-server --port "$redis_port" --save '' --appendonly no --daemonize no >/dev/null &
redis_pid=$!
# shellcheck disable=SC2086
taskset -c 0 "$root/situ" serve --port 0 --r2p2-port -1 --workers 1 ${SITU_OPTIONS:-} >"$work/ready" 2>"$work/log" &
situ_pid=$!
for _ in $(seq 100); do
    grep -q ready "$work/ready" && break
    sleep 0.1
done
situ_port=$(sed -n 's/^ready tcp=[^ ]*:\([0-9]*\) .*/\1/p' "$work/ready")
[ -n "$situ_port" ] || { echo "Situ did not start:" >&2; cat "$work/log" >&2; exit 1; }

# measure SYSTEM PORT DEPTH REQUESTS: appends "system depth command requests-per-second" lines
measure() {
    taskset -c 1 timeout 120 redis-benchmark -p "$2" -t set,get -P "$3" -c "$clients" -d "$size" -n "$4" -r 100000 --csv 2>/dev/null |
        awk -F'","|"' -v s="$1" -v d="$3" '/^"(SET|GET)"/ { print s, d, $2, $3 }' >>"$work/figures"
}

for depth in $depths; do
    n=$((requests * (depth > 1 ? 4 : 1)))
    # The compiler shares the server's core: until it has done its work, it is what is measured.
    measure warm "$situ_port" "$depth" $((n * 4))
    measure warm "$redis_port" "$depth" "$n"
    for round in $(seq "$rounds"); do
        echo "depth $depth, round $round of $rounds" >&2
        measure situ "$situ_port" "$depth" "$n"
        measure redis "$redis_port" "$depth" "$n"
    done
done

# median of the figures of one system, depth and command
median() {
    awk -v s="$1" -v d="$2" -v c="$3" '$1 == s && $2 == d && $3 == c { print $4 }' "$work/figures" | sort -n |
        awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

printf '%-8s %-8s %14s %14s %8s\n' command depth situ/s redis/s ratio
for depth in $depths; do
    for command in SET GET; do
        situ=$(median situ "$depth" "$command")
        redis=$(median redis "$depth" "$command")
        printf '%-8s %-8s %14.0f %14.0f %8s\n' "$command" "$depth" "$situ" "$redis" \
            "$(awk -v a="$situ" -v b="$redis" 'BEGIN { printf "%.2f", a / b }')"
    done
done
