package dev.situ.resp;

/// Why bytes are not taken, with Redis's own texts (`networking.c`, Redis 7.0).
public enum ProtocolError {
    NONE(""),
    TOO_BIG_INLINE("too big inline request"),
    UNBALANCED_QUOTES("unbalanced quotes in request"),
    TOO_BIG_MULTIBULK_HEADER("too big mbulk count string"),
    INVALID_MULTIBULK_LENGTH("invalid multibulk length"),
    TOO_BIG_BULK_HEADER("too big bulk count string"),
    /// A bulk string had to begin; the text goes on with the byte that came instead.
    EXPECTED_BULK("expected '$', got '"),
    INVALID_BULK_LENGTH("invalid bulk length"),
    UNAUTHENTICATED_MULTIBULK_LENGTH("unauthenticated multibulk length"),
    UNAUTHENTICATED_BULK_LENGTH("unauthenticated bulk length"),
    /// The [ArgumentBudget] is used up. Not one of Redis.
    TOO_MANY_ARGUMENTS("too many arguments held by all clients");

    private final String text;

    ProtocolError(String text) {
        this.text = text;
    }

    /// The text as in the reply, after `Protocol error: `.
    public String text() {
        return text;
    }
}
