package dev.situ.kv;

import dev.situ.memory.Consumes;
import dev.situ.resp.ArgumentBudget;
import dev.situ.resp.RespParser;
import dev.situ.resp.RespStatus;
import dev.situ.store.Record;
import dev.situ.store.StoreWorker;

/// Runs the commands of a [CommandQueue] in order, and answers with the array of their replies. Reused; confined
/// to one thread.
final class QueueRun {
    private final Executor executor;
    private final RespParser parser;
    private boolean running;

    QueueRun(Executor executor, ArgumentBudget budget) {
        this.executor = executor;
        parser = new RespParser(RespParser.MAX_BULK_LENGTH, budget);
    }

    boolean isRunning() {
        return running;
    }

    /// An error of one command is its reply, and stops nothing.
    void run(CommandQueue queue, Session session, Reply reply) {
        running = true;
        try {
            runAll(queue, session, reply);
        } finally {
            running = false;
        }
    }

    private void runAll(CommandQueue queue, Session session, Reply reply) {
        int commands = queue.size();
        parser.reset();
        reply.array(commands);
        int entry = queue.first();
        for (int i = 0; i < commands; i++) {
            RespStatus found = queue.parse(entry, parser);
            long claimed = queue.takeRecord(entry);
            if (found == RespStatus.COMMAND) {
                executor.execute(session, parser.command(), reply, claimed);
                parser.release();
            } else {
                refuse(executor.worker(), reply, claimed);
            }
            entry = queue.next(entry);
        }
    }

    /// Other connections have the memory for very many arguments that this command had when it came.
    private void refuse(StoreWorker worker, Reply reply, @Consumes long claimed) {
        if (claimed != Record.NONE) {
            worker.abort(claimed);
        }
        reply.raw(parser.errorReply());
        parser.reset(); // an error stays until then
    }
}
