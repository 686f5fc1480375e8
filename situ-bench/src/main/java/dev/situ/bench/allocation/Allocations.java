package dev.situ.bench.allocation;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.jspecify.annotations.Nullable;

/// Asks another JVM what some of its threads have allocated, by the JDK's own management agent.
final class Allocations implements AutoCloseable {
    /// What the other JVM has to be started with.
    static final List<String> JVM_OPTIONS = List.of("--add-modules=jdk.management.agent,jdk.management");

    private final JMXConnector connector;
    private final ThreadMXBean threads;
    private final long[] ids;

    private Allocations(JMXConnector connector, ThreadMXBean threads, long[] ids) {
        this.connector = connector;
        this.threads = threads;
        this.ids = ids;
    }

    /// Connects to the JVM with this process number.
    ///
    /// @param prefix of the names of the threads that count
    /// @throws IOException if that is impossible, or there are no such threads
    @SuppressWarnings("BanJNDI") // the address is that of the JDK's own agent in a process that we started
    static Allocations of(long pid, String prefix) throws IOException {
        JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(agent(pid)));
        ThreadMXBean threads = ManagementFactory.newPlatformMXBeanProxy(
                connector.getMBeanServerConnection(), ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
        List<Long> ids = new ArrayList<>();
        for (@Nullable ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith(prefix)) {
                ids.add(thread.getThreadId());
            }
        }
        if (ids.isEmpty()) {
            connector.close();
            throw new IOException("the process " + pid + " has no threads called " + prefix);
        }
        return new Allocations(
                connector, threads, ids.stream().mapToLong(Long::longValue).toArray());
    }

    private static String agent(long pid) throws IOException {
        try {
            VirtualMachine jvm = VirtualMachine.attach(Long.toString(pid));
            try {
                return jvm.startLocalManagementAgent();
            } finally {
                jvm.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException("the process " + pid + " lets nobody look", e);
        }
    }

    /// What they have allocated since they started.
    long bytes() {
        return LongStream.of(threads.getThreadAllocatedBytes(ids)).sum();
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
