package dev.situ.client;

import java.util.function.Consumer;

/// Code that runs on the client's thread.
final class IoTask extends Submission {
    private final Consumer<ClientIo> task;

    IoTask(Consumer<ClientIo> task) {
        this.task = task;
    }

    @Override
    boolean start(ClientIo io) {
        task.accept(io);
        return true;
    }

    @Override
    boolean expired(long now) {
        return false;
    }

    @Override
    void fail(SituException why) {
        // Nobody waits for a task: with the client closed it does not run.
    }
}
