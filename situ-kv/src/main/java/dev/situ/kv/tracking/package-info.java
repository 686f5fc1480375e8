/// Who has read what, for clients that keep values themselves (`CLIENT TRACKING`): the table of keys, the
/// prefixes, and what a client has asked for. It knows neither connections nor commands.
@NullMarked
package dev.situ.kv.tracking;

import org.jspecify.annotations.NullMarked;
