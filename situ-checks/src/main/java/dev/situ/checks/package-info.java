/// Own checks of the compiler: `UseAfterGivingAway` for Error Prone. How they work, what they miss and how to add one:
/// `docs/design/compile-time-safety.md`.
@NullMarked
package dev.situ.checks;

import org.jspecify.annotations.NullMarked;
