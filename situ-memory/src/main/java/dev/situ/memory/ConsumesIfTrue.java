package dev.situ.memory;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Says that a call consumes, as with [Consumes], if and only if it returns `true`. For an offer that may be refused:
///
/// ```java
/// boolean offer(@ConsumesIfTrue long buffer);
///
/// if (!ring.offer(buffer)) {
///     pool.release(buffer);                   // it is still the caller's
/// }
/// ```
///
/// Keeping the answer in a variable works as well, if the variable never changes.
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.PARAMETER, ElementType.METHOD})
public @interface ConsumesIfTrue {}
