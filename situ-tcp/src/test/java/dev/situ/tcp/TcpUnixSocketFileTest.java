package dev.situ.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What lies at the path of a unix socket belongs to somebody, until the contrary is known.
class TcpUnixSocketFileTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aFileThatIsNotASocketIsRefusedAndKept(TcpTransport transport) throws Exception {
        Path path = directory.resolve("precious");
        Files.writeString(path, "data");
        assertThatThrownBy(() -> start(transport, path))
                .isInstanceOf(IOException.class)
                .hasMessage(path + " exists and is not a socket");
        assertThat(path).hasContent("data");
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aSocketOfALiveServerIsRefusedAndKept(TcpTransport transport) throws Exception {
        Path path = directory.resolve("situ.sock");
        try (TestServer _ = start(transport, path)) {
            assertThatThrownBy(() -> start(transport, path))
                    .isInstanceOf(BindException.class)
                    .hasMessage(path + " is in use by another server");
            try (Client client = Client.unix(path)) {
                assertThat(client.call("PING")).isEqualTo("+PONG");
            }
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aServerWithAFullBacklogIsLiveToo() throws Exception {
        Path path = directory.resolve("situ.sock");
        try (ServerSocketChannel busy = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            busy.bind(UnixDomainSocketAddress.of(path), 1);
            try (Client _ = Client.unix(path);
                    Client _ = Client.unix(path)) {
                assertThatThrownBy(() -> start(TcpTransport.AUTO, path))
                        .hasMessageContaining("in use by another server");
                assertThat(path).exists();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aStaleSocketIsReplacedAndRemovedAtTheEnd(TcpTransport transport) throws Exception {
        Path path = directory.resolve("situ.sock");
        listenAt(path).close();
        assertThat(path).exists();
        try (TestServer _ = start(transport, path);
                Client client = Client.unix(path)) {
            assertThat(client.call("PING")).isEqualTo("+PONG");
        }
        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void anotherServersSocketIsLeftWhenClosing(TcpTransport transport) throws Exception {
        Path path = directory.resolve("situ.sock");
        TestServer first = start(transport, path);
        Files.delete(path);
        try (ServerSocketChannel _ = listenAt(path)) {
            first.close();
            assertThat(path).exists();
        }
    }

    @ParameterizedTest
    @MethodSource("dev.situ.tcp.Transports#all")
    void aFolderThatCannotBeUsedIsToldWithTheReason(TcpTransport transport) throws Exception {
        Path missing = directory.resolve("missing/situ.sock");
        assertThatThrownBy(() -> start(transport, missing))
                .hasMessage("cannot listen on " + missing + ": No such file or directory");
        Path file = Files.createFile(directory.resolve("file"));
        Path below = file.resolve("situ.sock");
        assertThatThrownBy(() -> start(transport, below)).hasMessage("cannot listen on " + below + ": Not a directory");
    }

    private static TestServer start(TcpTransport transport, Path path) throws IOException {
        return new TestServer(Transports.require(transport).withUnixSocket(path).withAddress("127.0.0.1", -1));
    }

    private static ServerSocketChannel listenAt(Path path) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
    }
}
