package dev.situ.kv;

import dev.situ.resp.Command;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Who may use the server, and for what: the users, by name, and who each connection is.
///
/// ```
///   Session -> Account -> User -> Permission, Permission ...      an account outlives the rules of its user
///                ^
///   Users: name -+                                                `stranger` for who has not said who he is
/// ```
///
/// Users are immutable and exchanged as a whole: a command is checked by the rules that hold when it begins.
/// Changes are made one after the other. Safe for all threads.
public final class Users {
    private final CommandTable table;
    private final Clients clients;
    private final AclLog log = new AclLog();
    private final Account defaultAccount;
    private final Account stranger;
    private volatile Account newcomer; // one of these two
    private volatile Map<String, Account> accounts; // replaced as a whole, sorted by name
    private volatile boolean everyChannel;
    private volatile String requiredPassword = "";
    private volatile String file = "";
    private final List<String> configured = new ArrayList<>(); // names, guarded by this

    Users(CommandTable table, Clients clients) {
        this.table = table;
        this.clients = clients;
        User user = newDefault();
        defaultAccount = new Account(user, true, false);
        stranger = new Account(user, true, true);
        newcomer = defaultAccount;
        accounts = Map.of(User.DEFAULT, defaultAccount);
    }

    private User newDefault() {
        UserRules rules = newRules();
        List.of("+@all", "~*", "&*", UserRules.ON, UserRules.NOPASS).forEach(rules::apply);
        return rules.build(User.DEFAULT);
    }

    private UserRules newRules() {
        return new UserRules(table, everyChannel);
    }

    // ---- connections ----------------------------------------------------------------------------------------------

    /// A connection begins, or begins anew: it is the default user's if that one is for all.
    void welcome(Session session) {
        Account account = newcomer;
        if (session.account() != account) { // for requests without a connection it nearly always is
            session.setAccount(account);
        }
    }

    /// Whether anybody is the default user without a word: what protected mode is about.
    public boolean isDefaultWithoutPassword() {
        return defaultAccount.user().needsNoPassword();
    }

    /// Makes a connection that of a user, if the password is right; else notes it in the log.
    ///
    /// @param command what the client has called it by
    boolean authenticate(Session session, String name, String password, String command) {
        Account account = accounts.get(name);
        if (account != null && account.user().admits(password)) {
            Account before = session.account();
            session.setAccount(account);
            if (accounts.get(name) == account) {
                return true;
            }
            session.setAccount(before); // deleted meanwhile, by who may not have seen whose the session is
        }
        boolean queueing = session.transaction().isOpen();
        log.add(Denied.Reason.AUTH, queueing, Excerpt.ofName(command), Excerpt.ofName(name), session);
        return false;
    }

    /// Looks at the command of a call, whose account is not open. Gives null if it may be run, else the error to
    /// reply with; that is noted in the log.
    @Nullable
    String refusal(CommandSpec spec, Call call) {
        Session session = call.session();
        Account account = session.account();
        if (account.mustAuthenticate()) {
            return spec.flags.contains(CommandFlag.NO_AUTH) ? null : Errors.NO_AUTH;
        }
        User user = account.user();
        Denied denied = user.check(spec, call, 0);
        if (denied == null) {
            return null;
        }
        boolean queued = call.isQueueRunning();
        String object = denied.reason() == Denied.Reason.COMMAND
                ? spec.fullName
                : Excerpt.of(call.command(), denied.argument());
        boolean queueing = queued || session.transaction().isOpen();
        log.add(denied.reason(), queueing, object, Excerpt.ofName(user.name()), session);
        return queued ? Errors.noLongerPermitted(denied.reason()) : Errors.notPermitted(spec, denied.reason());
    }

    /// Says whether a session may store the value that is on its way to it: if not, no memory is taken for it.
    boolean mayStore(Session session, CommandSpec spec, Command command) {
        Account account = session.account();
        return account.isOpen()
                || (!account.mustAuthenticate() && account.user().mayStore(spec, command));
    }

    /// Closes a connection. That of who asks for it gets its reply first.
    private static void close(Session session, @Nullable Session self) {
        Peer peer = session.peer();
        if (session == self) {
            session.closeAfterReply();
        } else if (peer != null) {
            session.end();
            peer.kill();
        }
    }

    // ---- users ----------------------------------------------------------------------------------------------------

    /// The names of all, in order.
    List<String> names() {
        return List.copyOf(accounts.keySet());
    }

    /// All, by name.
    List<User> all() {
        return accounts.values().stream().map(Account::user).toList();
    }

    /// All as lines of a configuration file: `user <name> <rule> ...`.
    public List<String> lines() {
        return all().stream().map(user -> user.line(table)).toList();
    }

    @Nullable
    User find(String name) {
        Account account = accounts.get(name);
        return account == null ? null : account.user();
    }

    AclLog log() {
        return log;
    }

    /// Makes a user, or changes one, by all rules or none. Its connections that hear what it may not hear any more
    /// are closed.
    ///
    /// @return null, or the error to reply with
    synchronized @Nullable String change(String name, List<String> words, Session self) {
        if (UserRules.hasBlanks(name)) {
            return "ERR Usernames can't contain spaces or null characters";
        }
        List<String> joined = new ArrayList<>();
        int open = UserRules.joinSelectors(words, joined);
        if (open >= 0) {
            return "ERR Unmatched parenthesis in acl selector starting at '" + words.get(open) + "'.";
        }
        Account account = accounts.get(name);
        UserRules rules = account == null ? newRules() : new UserRules(table, everyChannel, account.user());
        for (String rule : joined) {
            RuleError wrong = rules.apply(rule);
            if (wrong != null) {
                return "ERR Error in ACL SETUSER modifier '" + rule + "': " + wrong.text();
            }
        }
        put(rules.build(name));
        if (account != null) {
            closeUnwantedListeners(account, self);
        }
        return null;
    }

    /// Behind the change of the user, so that who subscribes at the same moment is found here or by
    /// [#mayStillHear].
    private void closeUnwantedListeners(Account account, @Nullable Session self) {
        User user = account.user();
        for (Session session : clients.all()) {
            if (isOf(account, session) && session.isPubsub() && !mayHearAll(user, session.subscriptions())) {
                close(session, self);
            }
        }
    }

    /// Whether a connection has the rules of an account: who has not said who he is has those of the default user.
    private boolean isOf(Account account, Session session) {
        Account its = session.account();
        return its == account || (its == stranger && account == defaultAccount);
    }

    /// Whether a session may hear what it has just subscribed to: asked behind that, as the rules may have changed
    /// since the command was checked, and who has changed them may not have seen the subscription.
    boolean mayStillHear(Session session, String name, boolean isPattern) {
        Account account = session.account();
        return account.isOpen() || account.user().mayHear(name, isPattern);
    }

    private static boolean mayHearAll(User user, Subscriptions subscriptions) {
        return subscriptions.names(false).stream().allMatch(name -> user.mayHear(name, false))
                && subscriptions.names(true).stream().allMatch(name -> user.mayHear(name, true));
    }

    /// Removes a user, and closes its connections. Gives false if there is none, or it is the default user.
    synchronized boolean delete(String name, Session self) {
        Account account = accounts.get(name);
        if (account == null || account == defaultAccount) {
            return false;
        }
        Map<String, Account> left = new TreeMap<>(accounts);
        left.remove(name);
        accounts = left;
        end(account, self);
        return true;
    }

    /// An account is gone. A connection that becomes its user's just now may do nothing either.
    private void end(Account account, @Nullable Session self) {
        account.set(newRules().build(account.user().name()), false);
        for (Session session : clients.all()) {
            if (session.account() == account) {
                session.setAccount(stranger);
                close(session, self);
            }
        }
        if (self != null && self.account() == account) { // of a request without a connection
            self.setAccount(stranger);
            self.closeAfterReply();
        }
    }

    private boolean isOpen(User user) {
        return user.mayEverything(table.countAll());
    }

    private void put(User user) {
        boolean open = isOpen(user);
        Account account = accounts.get(user.name());
        if (account == null) {
            Map<String, Account> more = new TreeMap<>(accounts);
            more.put(user.name(), new Account(user, open, false));
            accounts = more;
        } else {
            account.set(user, open);
        }
        if (user.name().equals(User.DEFAULT)) {
            stranger.set(user, open && user.isForAll());
            newcomer = user.isForAll() ? defaultAccount : stranger;
        }
    }

    // ---- parameters and files -------------------------------------------------------------------------------------

    /// The password of the default user as `requirepass` has set it, or empty.
    String requiredPassword() {
        return requiredPassword;
    }

    synchronized void setRequiredPassword(String password) {
        UserRules rules = new UserRules(table, everyChannel, defaultAccount.user());
        rules.apply("resetpass");
        rules.apply(password.isEmpty() ? UserRules.NOPASS : ">" + password);
        put(rules.build(User.DEFAULT));
        requiredPassword = password;
    }

    /// Whether new permissions are for every channel: `acl-pubsub-default`.
    boolean everyChannel() {
        return everyChannel;
    }

    void setEveryChannel(boolean all) {
        everyChannel = all;
    }

    /// The file of users, or empty.
    public String file() {
        return file;
    }

    void setFile(String path) {
        file = path;
    }

    /// Makes a user as a line of a configuration file says. Before the server serves.
    ///
    /// @param words behind `user`: the name, then rules
    /// @return null, or what is wrong
    public synchronized @Nullable String configure(List<String> words) {
        String name = words.getFirst();
        if (configured.contains(name)) {
            return RuleError.DUPLICATE.text();
        }
        if (UserRules.hasBlanks(name)) {
            return "Spaces not allowed in ACL usernames";
        }
        List<String> joined = new ArrayList<>();
        if (UserRules.joinSelectors(words.subList(1, words.size()), joined) >= 0) {
            return "Unmatched parenthesis in selector definition";
        }
        UserRules rules = newRules();
        for (String rule : joined) {
            RuleError wrong = rules.apply(rule);
            if (wrong == RuleError.UNKNOWN) {
                return "Error loading ACL rule '" + rule + "': " + wrong.text();
            }
            if (wrong != null) {
                return wrong.text();
            }
        }
        configured.add(name);
        put(rules.build(name));
        return null;
    }

    /// Takes the users of the file in place of all that there are, or none if anything in it is wrong. Connections
    /// of other users than the default one are closed, as in Redis 7.0, and those of the default user that hear
    /// what it may not hear any more.
    ///
    /// Without a default user among them there is one that needs no password. At the start that is refused if
    /// `requirepass` asks for one: an empty file is what a loss of power may leave.
    ///
    /// @param self who asks, or null before the server serves
    /// @return null, or what is wrong
    synchronized @Nullable String load(@Nullable Session self) {
        AclFile source = new AclFile(file, this::newRules);
        Map<String, User> users = source.read();
        if (!source.errors().isEmpty()) {
            return source.errors();
        }
        if (self == null && !requiredPassword.isEmpty() && !users.containsKey(User.DEFAULT)) {
            return file + " has no line 'user default', and without one nobody is asked for the password of"
                    + " 'requirepass': give it one, or leave 'requirepass' out";
        }
        Map<String, Account> before = accounts;
        Map<String, Account> after = new TreeMap<>();
        users.forEach((name, user) -> after.put(name, new Account(user, isOpen(user), false)));
        after.put(User.DEFAULT, defaultAccount);
        accounts = after;
        put(users.getOrDefault(User.DEFAULT, newDefault()));
        before.values().forEach(account -> {
            if (account != defaultAccount) {
                end(account, self);
            }
        });
        closeUnwantedListeners(defaultAccount, self);
        return null;
    }

    /// Takes the users of the file if there is one. Before the server serves.
    ///
    /// @return null, or what is wrong
    public @Nullable String loadFile() {
        return file.isEmpty() ? null : load(null);
    }

    /// Writes all users to the file.
    ///
    /// @throws IOException if that is not possible; then it is as it was
    synchronized void save() throws IOException {
        new AclFile(file, this::newRules).write(lines());
    }
}
