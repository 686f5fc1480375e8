package dev.situ.bench.tcp;

import dev.situ.bench.frame.Cpus;
import dev.situ.bench.frame.Programs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// `redis-benchmark`, which comes with Redis, as load: closed loops over TCP, on the last processor.
///
/// @param port of the server
/// @param keys so many different ones, at random
/// @param valueBytes of each SET
/// @param clients connections
/// @param depth requests under way on each
public record RedisBenchmark(int port, int keys, int valueBytes, int clients, int depth) {
    /// Its name on the path.
    public static final String PROGRAM = "redis-benchmark";

    /// What one command got.
    ///
    /// @param perSecond requests a second
    /// @param p50Millis,p99Millis latencies of the closed loop, from sending to reply
    public record Line(double perSecond, double p50Millis, double p99Millis) {}

    /// Sends so many requests of each command.
    ///
    /// @param commands of `get`, `set`, `ping_mbulk`
    /// @return by the names of the commands as they were given
    public Map<String, Line> run(List<String> commands, long requests) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(Cpus.bind(Cpus.client()));
        words.addAll(List.of(
                PROGRAM,
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(port),
                "-t",
                String.join(",", commands),
                "-P",
                Integer.toString(depth),
                "-c",
                Integer.toString(clients),
                "-d",
                Integer.toString(valueBytes),
                "-n",
                Long.toString(requests),
                "-r",
                Integer.toString(keys),
                "--csv"));
        return parse(commands, Programs.output(words, 300));
    }

    /// Reads lines as `"GET","98039.22","0.251","0.080","0.247","0.391","0.463","1.159"`: requests a second, then
    /// latencies: average, least, 50 %, 95 %, 99 %, most.
    static Map<String, Line> parse(List<String> commands, String csv) throws IOException {
        Map<String, Line> lines = new LinkedHashMap<>();
        for (String command : commands) {
            String start = "\"" + command.toUpperCase(Locale.ROOT) + "\",";
            String line = csv.lines()
                    .filter(each -> each.startsWith(start))
                    .findFirst()
                    .orElseThrow(() -> new IOException(PROGRAM + " did not report " + command + ": " + csv));
            String[] fields = line.replace("\"", "").split(",", -1);
            lines.put(
                    command,
                    new Line(
                            Double.parseDouble(fields[1]),
                            Double.parseDouble(fields[4]),
                            Double.parseDouble(fields[6])));
        }
        return lines;
    }
}
