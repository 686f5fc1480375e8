package dev.situ.resp;

import java.util.concurrent.atomic.AtomicLong;

/// The memory that commands of very many arguments may take for their tables of arguments, of all parsers
/// together that were made with this budget.
///
/// A bulk string of no bytes costs its sender six bytes and the parser eight, for as long as the command is not
/// whole. Redis has no bound on that but the machine's memory; here it is the heap of all connections.
///
/// Tables of the usual size are not counted, so usual commands never come here. Safe for all threads.
public final class ArgumentBudget {
    private final long limit;
    private final AtomicLong taken = new AtomicLong();

    /// Makes a budget of `limit` bytes; `Long.MAX_VALUE` for no bound.
    ///
    /// @throws IllegalArgumentException if it is negative
    public ArgumentBudget(long limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("limit must not be negative, is " + limit);
        }
        this.limit = limit;
    }

    /// The bytes that are taken at the moment.
    public long taken() {
        return taken.get();
    }

    /// Gives false, and takes nothing, if not so many are left.
    boolean take(long bytes) {
        long before = taken.get();
        while (bytes <= limit - before) {
            long seen = taken.compareAndExchange(before, before + bytes);
            if (seen == before) {
                return true;
            }
            before = seen;
        }
        return false;
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }
}
