package dev.situ.kv;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Replaces a file in one step, by one that nobody else can have made or read before: it may have passwords. What is
/// new is on the disk before it takes the old one's place, so a loss of power leaves either. For any thread; who
/// replaces one file from several sees to the order.
public final class FileReplacement {
    /// Nobody but the owner may read it.
    public static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private FileReplacement() {}

    /// Replaces a file.
    ///
    /// @param file an absolute path
    /// @param permissions that it has afterwards
    /// @throws IOException if it cannot be written; then it is as it was, unless the folder alone could not be
    ///         written to the disk
    public static void write(Path file, List<String> lines, Charset charset, Set<PosixFilePermission> permissions)
            throws IOException {
        Path folder = Objects.requireNonNull(file.getParent(), "an absolute path");
        Path draft = Files.createTempFile(
                folder, file.getFileName() + ".tmp-", "", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try {
            Files.write(draft, lines, charset);
            Files.setPosixFilePermissions(draft, permissions);
            force(draft);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            force(folder);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static void force(Path written) throws IOException {
        try (FileChannel channel = FileChannel.open(written, StandardOpenOption.READ)) {
            channel.force(true); // fsync(2), which asks for no right to write
        }
    }
}
