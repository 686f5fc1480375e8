package dev.situ.memory;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Says that a call consumes: what is passed as this parameter (or, on a method, the object that it is called on) is
/// given away by the call, whatever comes of it, and the caller has it no more.
///
/// ```java
/// void release(@Consumes long buffer);        // the parameter
/// @Consumes void release();                   // the receiver
/// ```
///
/// Objects and `long` handles alike. The build's check `UseAfterGivingAway` (module `situ-checks`) refuses to compile
/// a method that uses a local variable after it was, or may have been, given away, and one that gives away a
/// parameter which it was only lent: one without this annotation. Overriding methods inherit it. It exists for the
/// compiler only.
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.PARAMETER, ElementType.METHOD})
public @interface Consumes {}
