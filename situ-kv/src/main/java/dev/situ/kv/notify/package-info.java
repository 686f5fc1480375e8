/// What happens to keys, by the names and in the classes that `notify-keyspace-events` has for it. It knows
/// neither connections nor commands.
@NullMarked
package dev.situ.kv.notify;

import org.jspecify.annotations.NullMarked;
