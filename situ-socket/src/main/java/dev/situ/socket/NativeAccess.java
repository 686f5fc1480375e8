package dev.situ.socket;

import dev.situ.memory.Region;
import java.util.Locale;

/// Says, before the first native call is linked, whether this process can make native calls at all.
final class NativeAccess {
    private NativeAccess() {}

    /// Links the kernel's calls, or says in one line why that cannot be.
    ///
    /// @throws UnsupportedOperationException if this is not Linux, or native access is denied
    static void require() {
        String system = String.valueOf(System.getProperty("os.name"));
        if (!system.toLowerCase(Locale.ROOT).startsWith("linux")) {
            throw new UnsupportedOperationException("kernel UDP sockets of situ-socket need Linux, this is " + system);
        }
        try {
            KernelCalls.newErrno();
        } catch (ExceptionInInitializerError e) {
            if (e.getCause() instanceof IllegalCallerException) {
                throw new UnsupportedOperationException(denied(), e);
            }
            throw e;
        } catch (NoClassDefFoundError e) {
            // Linking was tried and failed before; only the first failure carries its cause.
            throw new UnsupportedOperationException(denied(), e);
        }
    }

    private static String denied() {
        // The buffers of this module are a region of that one, which needs native access, too.
        Module own = NativeAccess.class.getModule();
        Module memory = Region.class.getModule();
        return "situ-socket calls the kernel through native access, which is denied: start java with"
                + " --enable-native-access="
                + (own.isNamed() ? own.getName() + "," + memory.getName() : "ALL-UNNAMED");
    }
}
