package dev.situ.memory;

/// The switch of checked mode: extra checks of bounds, ownership and use after release.
///
/// On in every test (`-Dsitu.checked=true`), off in production, where the compiler removes what it guards. To be
/// read in conditions only, so that it costs nothing when it is off:
///
/// ```java
/// if (Checks.ON) {
///     owner.requireCurrentThread();
/// }
/// ```
public final class Checks {
    /// Whether checked mode is on. Fixed at start by the system property `situ.checked`.
    public static final boolean ON = Boolean.getBoolean("situ.checked");

    private Checks() {}
}
