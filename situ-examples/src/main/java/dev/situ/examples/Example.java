package dev.situ.examples;

import java.io.IOException;
import java.nio.file.NoSuchFileException;

/// What the examples' main methods share: a user's mistake is one line on stderr, and exit code 2.
final class Example {
    private static final int USER_MISTAKE = 2;
    private static final int MAX_UDP_PORT = 0xFFFF;

    private Example() {}

    /// What an example does with its arguments.
    interface Body {
        /// Runs until it is killed.
        void run() throws IOException;
    }

    /// Runs an example that needs at least so many arguments.
    ///
    /// @param usage its name and arguments
    static void run(String usage, String[] args, int least, Body body) {
        try {
            if (args.length < least) {
                throw new IllegalArgumentException("usage: " + usage);
            }
            body.run();
        } catch (NoSuchFileException e) {
            fail("there is no file " + e.getMessage());
        } catch (IOException | IllegalArgumentException e) {
            fail(String.valueOf(e.getMessage()));
        }
    }

    private static void fail(String why) {
        System.err.println(why);
        System.exit(USER_MISTAKE);
    }

    /// Reads the number of a UDP port.
    ///
    /// @throws IllegalArgumentException if it is none
    static int udpPort(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port <= MAX_UDP_PORT) {
                return port;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new IllegalArgumentException("a UDP port is a number from 1 to 65535, not " + text);
    }
}
