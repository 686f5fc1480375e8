package dev.situ.udp;

/// Which of its port queues a poller sends a datagram by, if it has several.
public enum TransmitChoice {
    /// The one that its flow belongs to: datagrams of one flow stay in order.
    BY_FLOW,
    /// One after the other, so that no queue is flooded; datagrams of one flow may overtake each other.
    ROUND_ROBIN
}
