package dev.situ.r2p2;

import org.jspecify.annotations.Nullable;

/// A list whose elements are their own links (an intrusive list): joining and leaving take the same few steps
/// wherever an element is, and nothing is allocated. An element is in one list at most.
///
/// ```
///   first ──▶ node ◀──▶ node ◀──▶ node ◀── last        each node knows its list, and the nodes before and after it
/// ```
///
/// Confined to one thread.
///
/// @param <E> the elements
final class LinkedNodes<E extends LinkedNodes.Node<E>> {
    /// What an element inherits.
    abstract static class Node<E extends Node<E>> {
        private @Nullable LinkedNodes<E> list;
        private @Nullable E before;
        private @Nullable E after;

        /// The next element of the list that it is in, or null.
        @Nullable
        E after() {
            return after;
        }
    }

    private @Nullable E first;
    private @Nullable E last;

    @Nullable
    E first() {
        return first;
    }

    @Nullable
    E last() {
        return last;
    }

    boolean isEmpty() {
        return first == null;
    }

    /// Adds an element at the end, unless it is in the list.
    ///
    /// @throws IllegalStateException if it is in another one
    void add(E element) {
        Node<E> node = element;
        if (node.list == this) {
            return;
        }
        if (node.list != null) {
            throw new IllegalStateException(element + " is in another list");
        }
        E end = last;
        node.list = this;
        node.before = end;
        if (end == null) {
            first = element;
        } else {
            setAfter(end, element);
        }
        last = element;
    }

    /// Takes an element out of the list that it is in, if it is in one.
    static <E extends Node<E>> void remove(E element) {
        Node<E> node = element;
        LinkedNodes<E> list = node.list;
        if (list != null) {
            list.unlink(node);
        }
    }

    private void unlink(Node<E> node) {
        E before = node.before;
        E after = node.after;
        if (before == null) {
            first = after;
        } else {
            setAfter(before, after);
        }
        if (after == null) {
            last = before;
        } else {
            setBefore(after, before);
        }
        node.list = null;
        node.before = null;
        node.after = null;
    }

    // The fields are the node's own, and private there.

    private static <E extends Node<E>> void setAfter(Node<E> node, @Nullable E after) {
        node.after = after;
    }

    private static <E extends Node<E>> void setBefore(Node<E> node, @Nullable E before) {
        node.before = before;
    }
}
