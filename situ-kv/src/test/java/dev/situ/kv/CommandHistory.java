package dev.situ.kv;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A recorded history of commands, and the search for an order that explains it (Wing and Gong 1993, with the memory of
/// states seen of Lowe 2017): each request takes effect at one moment between its call and its return, whole, and is
/// answered then as a plain map would answer it.
final class CommandHistory {
    /// One request, a command or the commands of a transaction, and the reply to it.
    record Request(List<List<String>> commands, String reply, long called, long returned) {}

    private record State(long done, Map<String, String> values) {}

    private final List<Request> requests;
    private final Set<State> seen = new HashSet<>();

    /// @param requests 62 at most, those of one client one after the other
    CommandHistory(List<Request> requests) {
        if (requests.size() > 62) {
            throw new IllegalArgumentException("too long to search: " + requests.size());
        }
        this.requests = List.copyOf(requests);
    }

    /// Whether some order explains it, beginning without a key.
    boolean isExplained() {
        return search(0, new TreeMap<>());
    }

    private boolean search(long done, Map<String, String> values) {
        if (done == (1L << requests.size()) - 1) {
            return true;
        }
        if (!seen.add(new State(done, values))) {
            return false;
        }
        long firstReturn = Long.MAX_VALUE;
        for (int i = 0; i < requests.size(); i++) {
            if ((done & 1L << i) == 0) {
                firstReturn = Math.min(firstReturn, requests.get(i).returned);
            }
        }
        for (int i = 0; i < requests.size(); i++) {
            Request request = requests.get(i);
            if ((done & 1L << i) == 0 && request.called < firstReturn) {
                Map<String, String> next = new TreeMap<>(values);
                if (reply(request.commands, next).equals(request.reply) && search(done | 1L << i, next)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// What a plain map answers; it is changed.
    static String reply(List<List<String>> commands, Map<String, String> values) {
        if (commands.size() == 1) {
            return one(commands.getFirst(), values);
        }
        StringBuilder all = new StringBuilder("*" + commands.size() + "\r\n");
        commands.forEach(command -> all.append(one(command, values)));
        return all.toString();
    }

    private static String one(List<String> command, Map<String, String> values) {
        String key = command.get(1);
        return switch (command.getFirst()) {
            case "GET" -> bulk(values.get(key));
            case "MGET" -> {
                StringBuilder all = new StringBuilder("*" + (command.size() - 1) + "\r\n");
                command.subList(1, command.size()).forEach(each -> all.append(bulk(values.get(each))));
                yield all.toString();
            }
            case "SET" -> {
                values.put(key, command.get(2));
                yield "+OK\r\n";
            }
            case "GETSET" -> bulk(values.put(key, command.get(2)));
            case "GETDEL" -> bulk(values.remove(key));
            case "MSET" -> {
                putAll(command, values);
                yield "+OK\r\n";
            }
            case "MSETNX" -> {
                boolean free = keysOfPairs(command).stream().noneMatch(values::containsKey);
                if (free) {
                    putAll(command, values);
                }
                yield free ? ":1\r\n" : ":0\r\n";
            }
            case "DEL" -> {
                long there = command.stream()
                        .skip(1)
                        .filter(each -> values.remove(each) != null)
                        .count();
                yield ":" + there + "\r\n";
            }
            case "RENAME" -> {
                String value = values.remove(key);
                if (value == null) {
                    yield "-ERR no such key\r\n";
                }
                values.put(command.get(2), value);
                yield "+OK\r\n";
            }
            case "COPY" -> {
                String value = values.get(key);
                if (value != null) {
                    values.put(command.get(2), value);
                }
                yield value == null ? ":0\r\n" : ":1\r\n";
            }
            default -> throw new IllegalArgumentException(command.toString());
        };
    }

    private static List<String> keysOfPairs(List<String> command) {
        List<String> keys = new ArrayList<>();
        for (int i = 1; i < command.size(); i += 2) {
            keys.add(command.get(i));
        }
        return keys;
    }

    private static void putAll(List<String> command, Map<String, String> values) {
        for (int i = 1; i < command.size(); i += 2) {
            values.put(command.get(i), command.get(i + 1));
        }
    }

    private static String bulk(@Nullable String value) {
        return value == null ? "$-1\r\n" : "$" + value.length() + "\r\n" + value + "\r\n";
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        requests.forEach(each -> text.append('\n').append(Objects.toString(each).replace("\r\n", " ")));
        return text.toString();
    }
}
