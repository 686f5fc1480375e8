package dev.situ.kv;

import static dev.situ.kv.CommandFlag.FAST;
import static dev.situ.kv.CommandFlag.LOADING;
import static dev.situ.kv.CommandFlag.NOSCRIPT;
import static dev.situ.kv.CommandFlag.PUBSUB;
import static dev.situ.kv.CommandFlag.STALE;

import dev.situ.kv.pubsub.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/// Messages to whoever wants them: `SUBSCRIBE`, `UNSUBSCRIBE`, `PSUBSCRIBE`, `PUNSUBSCRIBE`, `PUBLISH`, `PUBSUB`.
final class PubsubCommands {
    private static final int FIRST = 1;
    private static final int CHANNEL = 1;
    private static final int MESSAGE = 2;

    private PubsubCommands() {}

    static List<CommandSpec.Builder> declarations() {
        return List.of(
                subscription("subscribe", -2, "Get the messages of channels")
                        .complexity("O(N) where N is the number of channels to subscribe to.")
                        .arguments("channel...")
                        .channels(FIRST, true, false)
                        .body(call -> subscribe(call, false)),
                subscription("psubscribe", -2, "Get the messages of channels that match patterns")
                        .complexity("O(N) where N is the number of patterns to subscribe to.")
                        .arguments("pattern:{pattern:pattern}...")
                        .channels(FIRST, true, true)
                        .body(call -> subscribe(call, true)),
                subscription("unsubscribe", -1, "Get no more messages of channels, or of none")
                        .complexity("O(N) where N is the number of channels.")
                        .arguments("[channel...]")
                        .body(call -> unsubscribe(call, false)),
                subscription("punsubscribe", -1, "Get no more messages of channels that match patterns")
                        .complexity("O(N) where N is the number of patterns.")
                        .arguments("[pattern:pattern...]")
                        .body(call -> unsubscribe(call, true)),
                CommandSpec.command("publish", 3)
                        .flags(PUBSUB, LOADING, STALE, FAST)
                        .isForReplicas()
                        .categories(AclCategory.PUBSUB)
                        .docs("pubsub", "2.0.0", "Send a message to the subscribers of a channel")
                        .complexity(
                                "O(N+M) where N is the number of the channel's subscribers and M that of all patterns.")
                        .arguments("channel message")
                        .channels(CHANNEL, false, false)
                        .body(PubsubCommands::publish),
                CommandSpec.command("pubsub", -2)
                        .docs("pubsub", "2.8.0", "A container for Pub/Sub commands")
                        .complexity("Depends on subcommand.")
                        .subcommands(
                                question("channels", -2, "Tell which channels have subscribers")
                                        .complexity("O(N) where N is the number of active channels.")
                                        .arguments("[pattern:pattern]")
                                        .body(PubsubCommands::channels),
                                question("numpat", 2, "Tell how many patterns have subscribers")
                                        .body(call -> call.reply()
                                                .integer(
                                                        call.keyspace.channels().patterns())),
                                question("numsub", -2, "Tell how many subscribers channels have")
                                        .complexity("O(N) where N is the number of requested channels.")
                                        .arguments("[channel...]")
                                        .body(PubsubCommands::subscribers),
                                HelpSubcommand.declaration(
                                        "pubsub",
                                        "CHANNELS [<pattern>]",
                                        "    Return the currently active channels matching a <pattern> (default: '*').",
                                        "NUMPAT",
                                        "    Return number of subscriptions to patterns.",
                                        "NUMSUB [<channel> ...]",
                                        "    Return the number of subscribers for the specified channels, excluding",
                                        "    pattern subscriptions(default: no channels).")));
    }

    private static CommandSpec.Builder subscription(String name, int arity, String summary) {
        return CommandSpec.command(name, arity)
                .flags(PUBSUB, NOSCRIPT, LOADING, STALE)
                .categories(AclCategory.PUBSUB)
                .isForSubscribers()
                .docs("pubsub", "2.0.0", summary);
    }

    private static CommandSpec.Builder question(String name, int arity, String summary) {
        return CommandSpec.command(name, arity)
                .flags(PUBSUB, LOADING, STALE)
                .categories(AclCategory.PUBSUB)
                .docs("pubsub", "2.8.0", summary);
    }

    // ---- subscriptions --------------------------------------------------------------------------------------------

    private static void subscribe(Call call, boolean isPattern) {
        Session session = call.session();
        if (session.mailbox() == null) {
            call.error(Errors.NO_CONNECTION);
            return;
        }
        for (int i = FIRST; i < call.count(); i++) {
            session.subscriptions().add(call.keyspace.channels(), call.text(i), isPattern);
            if (!call.keyspace.users().mayStillHear(session, call.text(i), isPattern)) {
                session.subscriptions().remove(call.keyspace.channels(), call.text(i), isPattern);
                session.closeAfterReply();
                call.error(Errors.notPermitted(call.spec(), Denied.Reason.CHANNEL));
                return;
            }
            tell(call, isPattern ? "psubscribe" : "subscribe", call.text(i));
        }
    }

    private static void unsubscribe(Call call, boolean isPattern) {
        Subscriptions subscriptions = call.session().subscriptions();
        String word = isPattern ? "punsubscribe" : "unsubscribe";
        List<String> names = new ArrayList<>();
        for (int i = FIRST; i < call.count(); i++) {
            names.add(call.text(i));
        }
        if (names.isEmpty()) {
            names.addAll(subscriptions.names(isPattern));
            if (names.isEmpty()) {
                call.reply().push(3);
                call.reply().bulk(word);
                call.reply().nothing();
                call.reply().integer(subscriptions.count());
                return;
            }
        }
        for (String name : names) {
            subscriptions.remove(call.keyspace.channels(), name, isPattern);
            tell(call, word, name);
        }
    }

    private static void tell(Call call, String word, String name) {
        call.reply().push(3);
        call.reply().bulk(word);
        call.reply().bulk(name);
        call.reply().integer(call.session().subscriptions().count());
    }

    // ---- messages -------------------------------------------------------------------------------------------------

    private static void publish(Call call) {
        String channel = call.text(CHANNEL);
        int[] receivers = new int[1];
        PublishedMessage message = new PublishedMessage(channel, call.text(MESSAGE));
        BiConsumer<PublishedMessage, Session> send = (its, session) -> {
            receivers[0]++;
            send(call, its, session);
        };
        call.keyspace
                .channels()
                .receivers(
                        channel,
                        pattern -> Glob.matches(pattern, channel),
                        session -> send.accept(message, session),
                        (pattern, session) -> send.accept(message.of(pattern), session));
        call.reply().integer(receivers[0]);
    }

    /// A message to the client that sends it comes before the reply, as in Redis; but not into the replies of a
    /// transaction, which it would make one longer than they say.
    private static void send(Call call, PublishedMessage message, Session session) {
        if (session == call.session() && !call.isQueueRunning() && !session.isMuted()) {
            message.write(call.reply(), session);
        } else {
            session.post(message);
        }
    }

    // ---- questions ------------------------------------------------------------------------------------------------

    private static void channels(Call call) {
        if (call.count() > 3) {
            call.error(Errors.unknownSubcommand(call));
            return;
        }
        Glob pattern = new Glob(call.has(2) ? call.text(2) : "*");
        List<String> names = new ArrayList<>();
        for (String name : call.keyspace.channels().channels()) {
            if (pattern.matches(name)) {
                names.add(name);
            }
        }
        call.reply().array(names.size());
        names.forEach(call.reply()::bulk);
    }

    private static void subscribers(Call call) {
        Channels<Session> channels = call.keyspace.channels();
        call.reply().array((call.count() - 2) * 2); // no map in RESP3 either
        for (int i = 2; i < call.count(); i++) {
            call.reply().bulk(call.text(i));
            call.reply().integer(channels.subscribers(call.text(i)));
        }
    }
}
