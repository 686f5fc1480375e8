/// DPDK's C functions and structures, and the only place in Situ that names one. Not exported.
///
/// Pointers are `long`s, results are what C gives. Every handle is a `static final` field, called with
/// `invokeExact`, which the compiler turns into a plain call.
@org.jspecify.annotations.NullMarked
package dev.situ.dpdk.ffi;
