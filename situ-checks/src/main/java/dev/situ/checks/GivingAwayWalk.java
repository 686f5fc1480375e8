package dev.situ.checks;

import com.google.errorprone.VisitorState;
import com.google.errorprone.util.ASTHelpers;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.BlockTree;
import com.sun.source.tree.BreakTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.CatchTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ContinueTree;
import com.sun.source.tree.DefaultCaseLabelTree;
import com.sun.source.tree.DoWhileLoopTree;
import com.sun.source.tree.EnhancedForLoopTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.ForLoopTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.IfTree;
import com.sun.source.tree.LabeledStatementTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.ThrowTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.Tree.Kind;
import com.sun.source.tree.TryTree;
import com.sun.source.tree.TypeCastTree;
import com.sun.source.tree.UnaryTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.tree.WhileLoopTree;
import com.sun.source.tree.YieldTree;
import com.sun.source.util.TreeScanner;
import com.sun.tools.javac.code.Symbol;
import com.sun.tools.javac.code.Symbol.MethodSymbol;
import com.sun.tools.javac.code.Symbol.VarSymbol;
import com.sun.tools.javac.tree.JCTree;
import com.sun.tools.javac.tree.JCTree.JCBreak;
import com.sun.tools.javac.tree.JCTree.JCContinue;
import com.sun.tools.javac.tree.JCTree.JCYield;
import dev.situ.checks.State.Move;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.lang.model.element.ElementKind;
import org.jspecify.annotations.Nullable;

/// Walks over one body in the order in which it runs, and knows at each point which variables may have been given away.
///
/// ```
///  branch      each side starts with what was known; behind it both are joined
///  condition   has two ends: a call with @ConsumesIfTrue gives away at the end of true only
///  loop        walked twice: the first turn tells, silently, what the second may find at its head
///  jump        what is known at a break, continue, yield is joined in at its target, behind the finally blocks between
///  try         wherever the body gives something away, an exception may lead to the catch and finally blocks:
///              who gives away has given away, also when the call throws
///  lambda,     may run now or later, or never: what it gives away is given away where it is made;
///  local class what was given away before may not be captured
/// ```
///
/// One silent turn is enough for a loop: what a turn adds depends on none of what it finds.
final class GivingAwayWalk extends TreeScanner<@Nullable Void, @Nullable Void> {
    /// Where an exception may lead: collects what may be known there.
    private static final class Landing {
        private final @Nullable Landing outer;
        private State state;

        Landing(State state, @Nullable Landing outer) {
            this.state = state;
            this.outer = outer;
        }

        void join(State other) {
            state = state.join(other);
        }
    }

    /// A `finally` block around the current point. Whatever leaves for a target that starts before it runs through it.
    private record Finally(
            int start,
            BlockTree block,
            Landing landing,
            @Nullable Finally outer) {}

    /// What is known behind a condition.
    private record Split(State ifTrue, State ifFalse) {
        State joined() {
            return ifTrue.join(ifFalse);
        }

        Split negated() {
            return new Split(/* ifTrue= */ ifFalse, /* ifFalse= */ ifTrue);
        }
    }

    /// What the answer kept in a boolean variable undoes.
    private record Answer(Set<Move> notIfTrue, Set<Move> notIfFalse) {}

    private final UseAfterGivingAway check;
    private final Consumption.Finder consumptions;
    private final VisitorState context;

    private State now = State.START;
    private @Nullable Landing landing;
    private @Nullable Finally around;
    private boolean isSilent;

    private final Map<Tree, State> breaks = new HashMap<>();
    private final Map<Tree, State> continues = new HashMap<>();
    private final Map<VarSymbol, Answer> answers = new HashMap<>();
    private final Map<Tree, Set<Move>> conditional = new HashMap<>();
    private final Set<VarSymbol> lent = new HashSet<>();
    private final Set<Tree> reported = new HashSet<>();

    GivingAwayWalk(UseAfterGivingAway check, Consumption.Finder consumptions, VisitorState context) {
        this.check = check;
        this.consumptions = consumptions;
        this.context = context;
    }

    /// Walks over a method, an initializer block or a field, and reports what it finds.
    void walk(Tree member) {
        scan(member, null);
    }

    // Variables

    @Override
    public @Nullable Void visitIdentifier(IdentifierTree tree, @Nullable Void unused) {
        Symbol symbol = ASTHelpers.getSymbol(tree);
        if (symbol instanceof VarSymbol variable) {
            use(variable, tree);
        }
        return null;
    }

    private void use(VarSymbol variable, Tree use) {
        Move move = now.of(variable);
        if (move != null) {
            report(
                    use,
                    "`" + variable + "` may have been given away: to `" + nameOf(move.where()) + "` in line "
                            + lineOf(move.where())
                            + (contains(move.where(), use) ? ", in an earlier turn of the loop" : ""));
        }
    }

    @Override
    public @Nullable Void visitVariable(VariableTree tree, @Nullable Void unused) {
        VarSymbol variable = ASTHelpers.getSymbol(tree);
        ExpressionTree initializer = tree.getInitializer();
        if (initializer != null) {
            if (ASTHelpers.isSameType(variable.type, context.getSymtab().booleanType, context)
                    && ASTHelpers.isConsideredFinal(variable)) {
                Split split = condition(initializer);
                now = split.joined();
                answers.put(variable, new Answer(missing(split.ifTrue), missing(split.ifFalse)));
            } else {
                scan(initializer, null);
            }
        }
        now = now.without(variable);
        return null;
    }

    /// What is known now, but not there.
    private Set<Move> missing(State there) {
        if (!there.isReachable()) {
            return Set.of();
        }
        Set<Move> moves = new HashSet<>(now.moves());
        moves.removeAll(there.moves());
        return moves;
    }

    @Override
    public @Nullable Void visitAssignment(AssignmentTree tree, @Nullable Void unused) {
        VarSymbol variable = local(tree.getVariable());
        if (variable == null) {
            scan(tree.getVariable(), null);
        }
        scan(tree.getExpression(), null);
        if (variable != null) {
            now = now.without(variable);
        }
        return null;
    }

    private static @Nullable VarSymbol local(@Nullable Tree tree) {
        return tree instanceof ExpressionTree expression
                        && ASTHelpers.stripParentheses(expression) instanceof IdentifierTree name
                        && ASTHelpers.getSymbol(name) instanceof VarSymbol variable
                        && isLocal(variable)
                ? variable
                : null;
    }

    private static boolean isLocal(VarSymbol variable) {
        ElementKind kind = variable.getKind();
        return !kind.isField() && !variable.name.contentEquals("this") && !variable.name.contentEquals("super");
    }

    // Calls

    @Override
    public @Nullable Void visitMethodInvocation(MethodInvocationTree tree, @Nullable Void unused) {
        scan(tree.getMethodSelect(), null);
        scan(tree.getArguments(), null);
        ExpressionTree receiver =
                tree.getMethodSelect() instanceof MemberSelectTree select ? select.getExpression() : null;
        call(tree, ASTHelpers.getSymbol(tree), receiver, tree.getArguments());
        return null;
    }

    @Override
    public @Nullable Void visitNewClass(NewClassTree tree, @Nullable Void unused) {
        scan(tree.getEnclosingExpression(), null);
        scan(tree.getArguments(), null);
        call(tree, ASTHelpers.getSymbol(tree), null, tree.getArguments());
        scan(tree.getClassBody(), null);
        return null;
    }

    private void call(
            ExpressionTree tree,
            MethodSymbol method,
            @Nullable ExpressionTree receiver,
            List<? extends ExpressionTree> arguments) {
        Consumption consumption = consumptions.of(method, context.getTypes());
        if (consumption.isNothing()) {
            return;
        }
        List<VarSymbol> passed = new ArrayList<>();
        List<VarSymbol> always = new ArrayList<>();
        List<VarSymbol> ifTrue = new ArrayList<>();
        for (int i = -1; i < arguments.size(); i++) {
            int bit = 1 + Math.min(i, method.params().size() - 1);
            List<VarSymbol> variables = i < 0 ? valuesOf(receiver) : valuesOf(arguments.get(i));
            passed.addAll(variables);
            if (consumption.always().get(bit)) {
                always.addAll(variables);
            } else if (consumption.ifTrue().get(bit)) {
                ifTrue.addAll(variables);
            }
        }
        always.forEach(variable -> give(variable, tree, passed));
        Set<Move> onlyIfTrue = new HashSet<>();
        ifTrue.forEach(variable -> onlyIfTrue.add(give(variable, tree, passed)));
        if (!onlyIfTrue.isEmpty()) {
            conditional.put(tree, onlyIfTrue);
        }
    }

    private Move give(VarSymbol variable, ExpressionTree call, List<VarSymbol> passed) {
        if (lent.contains(variable)) {
            report(
                    call,
                    "`" + variable + "` was only lent to this method, and is given away to `" + nameOf(call)
                            + "`: annotate the parameter with @Consumes, if the caller gives it away");
        }
        if (passed.indexOf(variable) != passed.lastIndexOf(variable)) {
            report(call, "`" + variable + "` is given away to `" + nameOf(call) + "` and passed to it once more");
        }
        Move move = new Move(variable, call);
        now = now.with(move);
        landAll();
        return move;
    }

    private void landAll() {
        for (Landing at = landing; at != null; at = at.outer) {
            at.join(now);
        }
    }

    /// The variables whose value the expression may be.
    private static List<VarSymbol> valuesOf(@Nullable ExpressionTree tree) {
        List<VarSymbol> variables = new ArrayList<>();
        switch (tree) {
            case ParenthesizedTree inner -> variables.addAll(valuesOf(inner.getExpression()));
            case TypeCastTree cast -> variables.addAll(valuesOf(cast.getExpression()));
            case AssignmentTree assignment -> variables.addAll(valuesOf(assignment.getVariable()));
            case ConditionalExpressionTree either -> {
                variables.addAll(valuesOf(either.getTrueExpression()));
                variables.addAll(valuesOf(either.getFalseExpression()));
            }
            case null, default -> {
                VarSymbol variable = local(tree);
                if (variable != null) {
                    variables.add(variable);
                }
            }
        }
        return variables;
    }

    // Conditions

    private Split condition(ExpressionTree parenthesized) {
        ExpressionTree tree = ASTHelpers.stripParentheses(parenthesized);
        Boolean constant = ASTHelpers.constValue(tree, Boolean.class);
        if (constant != null) {
            return constant ? new Split(now, State.UNREACHABLE) : new Split(State.UNREACHABLE, now);
        }
        if (tree.getKind() == Kind.LOGICAL_COMPLEMENT) {
            return condition(((UnaryTree) tree).getExpression()).negated();
        }
        if (tree.getKind() == Kind.CONDITIONAL_AND) {
            Split left = condition(((BinaryTree) tree).getLeftOperand());
            now = left.ifTrue;
            Split right = condition(((BinaryTree) tree).getRightOperand());
            return new Split(right.ifTrue, left.ifFalse.join(right.ifFalse));
        }
        if (tree.getKind() == Kind.CONDITIONAL_OR) {
            Split left = condition(((BinaryTree) tree).getLeftOperand());
            now = left.ifFalse;
            Split right = condition(((BinaryTree) tree).getRightOperand());
            return new Split(left.ifTrue.join(right.ifTrue), right.ifFalse);
        }
        scan(tree, null);
        VarSymbol variable = local(tree);
        Answer answer = variable == null ? null : answers.get(variable);
        if (answer != null) {
            return new Split(now.without(answer.notIfTrue), now.without(answer.notIfFalse));
        }
        return new Split(now, now.without(conditional.getOrDefault(tree, Set.of())));
    }

    @Override
    public @Nullable Void visitBinary(BinaryTree tree, @Nullable Void unused) {
        if (tree.getKind() == Kind.CONDITIONAL_AND || tree.getKind() == Kind.CONDITIONAL_OR) {
            now = condition(tree).joined();
            return null;
        }
        return super.visitBinary(tree, null);
    }

    @Override
    public @Nullable Void visitConditionalExpression(ConditionalExpressionTree tree, @Nullable Void unused) {
        branch(tree.getCondition(), tree.getTrueExpression(), tree.getFalseExpression());
        return null;
    }

    @Override
    public @Nullable Void visitIf(IfTree tree, @Nullable Void unused) {
        branch(tree.getCondition(), tree.getThenStatement(), tree.getElseStatement());
        return null;
    }

    private void branch(ExpressionTree condition, Tree then, @Nullable Tree otherwise) {
        Split split = condition(condition);
        now = split.ifTrue;
        scan(then, null);
        State end = now;
        now = split.ifFalse;
        scan(otherwise, null);
        now = end.join(now);
    }

    // Loops

    @Override
    public @Nullable Void visitWhileLoop(WhileLoopTree tree, @Nullable Void unused) {
        loop(tree, () -> {
            enter(tree, tree.getCondition());
            turn(tree, tree.getStatement());
        });
        return null;
    }

    @Override
    public @Nullable Void visitDoWhileLoop(DoWhileLoopTree tree, @Nullable Void unused) {
        loop(tree, () -> {
            turn(tree, tree.getStatement());
            enter(tree, tree.getCondition());
        });
        return null;
    }

    @Override
    public @Nullable Void visitForLoop(ForLoopTree tree, @Nullable Void unused) {
        scan(tree.getInitializer(), null);
        loop(tree, () -> {
            enter(tree, tree.getCondition());
            turn(tree, tree.getStatement());
            scan(tree.getUpdate(), null);
        });
        return null;
    }

    @Override
    public @Nullable Void visitEnhancedForLoop(EnhancedForLoopTree tree, @Nullable Void unused) {
        scan(tree.getExpression(), null);
        loop(tree, () -> {
            breaks.merge(tree, now, State::join);
            scan(tree.getVariable(), null);
            turn(tree, tree.getStatement());
        });
        return null;
    }

    private void loop(Tree tree, Runnable turn) {
        State entry = now;
        boolean wasSilent = isSilent;
        isSilent = true;
        turn.run();
        isSilent = wasSilent;
        now = entry.join(now);
        turn.run();
        land(breaks, tree, State.UNREACHABLE);
    }

    /// Goes on in the loop where the condition holds, and behind it where not.
    private void enter(Tree loop, @Nullable ExpressionTree condition) {
        if (condition != null) {
            Split split = condition(condition);
            breaks.merge(loop, split.ifFalse, State::join);
            now = split.ifTrue;
        }
    }

    private void turn(Tree loop, Tree body) {
        scan(body, null);
        land(continues, loop, now);
    }

    // Jumps

    @Override
    public @Nullable Void visitLabeledStatement(LabeledStatementTree tree, @Nullable Void unused) {
        scan(tree.getStatement(), null);
        land(breaks, tree, now);
        return null;
    }

    @Override
    public @Nullable Void visitBreak(BreakTree tree, @Nullable Void unused) {
        jump(breaks, ((JCBreak) tree).target);
        return null;
    }

    @Override
    public @Nullable Void visitContinue(ContinueTree tree, @Nullable Void unused) {
        jump(continues, ((JCContinue) tree).target);
        return null;
    }

    @Override
    public @Nullable Void visitYield(YieldTree tree, @Nullable Void unused) {
        scan(tree.getValue(), null);
        jump(breaks, ((JCYield) tree).target);
        return null;
    }

    @Override
    public @Nullable Void visitReturn(ReturnTree tree, @Nullable Void unused) {
        scan(tree.getExpression(), null);
        leave(-1);
        now = State.UNREACHABLE;
        return null;
    }

    @Override
    public @Nullable Void visitThrow(ThrowTree tree, @Nullable Void unused) {
        scan(tree.getExpression(), null);
        landAll();
        now = State.UNREACHABLE;
        return null;
    }

    private void jump(Map<Tree, State> arrivals, Tree target) {
        leave(startOf(target));
        arrivals.merge(target, now, State::join);
        now = State.UNREACHABLE;
    }

    /// Runs, silently, through the `finally` blocks that start behind `start`; each is reported on where it stands.
    private void leave(int start) {
        Finally innermost = around;
        Landing inside = landing;
        boolean wasSilent = isSilent;
        isSilent = true;
        while (around != null && around.start > start) {
            Finally passed = around;
            passed.landing.join(now);
            around = passed.outer;
            landing = passed.landing.outer;
            scan(passed.block, null);
        }
        isSilent = wasSilent;
        landing = inside;
        around = innermost;
    }

    private void land(Map<Tree, State> arrivals, Tree target, State fallen) {
        State arrived = arrivals.remove(target);
        now = arrived == null ? fallen : fallen.join(arrived);
    }

    // Switches

    @Override
    public @Nullable Void visitSwitch(SwitchTree tree, @Nullable Void unused) {
        cases(tree, tree.getExpression(), tree.getCases(), false);
        return null;
    }

    @Override
    public @Nullable Void visitSwitchExpression(SwitchExpressionTree tree, @Nullable Void unused) {
        cases(tree, tree.getExpression(), tree.getCases(), true);
        return null;
    }

    private void cases(Tree tree, ExpressionTree selector, List<? extends CaseTree> cases, boolean isExhaustive) {
        scan(selector, null);
        State unmatched = now;
        State fallen = State.UNREACHABLE;
        for (CaseTree each : cases) {
            now = unmatched;
            scan(each.getLabels(), null);
            if (each.getGuard() != null) {
                Split guard = condition(each.getGuard());
                now = guard.ifTrue;
                unmatched = unmatched.join(guard.ifFalse);
            }
            isExhaustive |= each.getLabels().stream().anyMatch(label -> label instanceof DefaultCaseLabelTree);
            now = now.join(fallen);
            if (each.getBody() == null) {
                scan(each.getStatements(), null);
                fallen = now;
            } else {
                scan(each.getBody(), null);
                breaks.merge(tree, now, State::join);
                fallen = State.UNREACHABLE;
            }
        }
        land(breaks, tree, isExhaustive ? fallen : fallen.join(unmatched));
    }

    // Exceptions

    @Override
    public @Nullable Void visitTry(TryTree tree, @Nullable Void unused) {
        Finally outside = around;
        Landing beyond = landing;
        BlockTree last = tree.getFinallyBlock();
        if (last != null) {
            landing = new Landing(now, beyond);
            around = new Finally(startOf(tree), last, landing, outside);
        }
        Landing forFinally = landing;
        Landing forCatches = new Landing(now, forFinally);
        landing = forCatches;
        scan(tree.getResources(), null);
        scan(tree.getBlock(), null);
        tree.getResources().forEach(this::closeAtEnd);
        State end = now;
        landing = forFinally;
        for (CatchTree each : tree.getCatches()) {
            now = forCatches.state;
            scan(each, null);
            end = end.join(now);
        }
        landing = beyond;
        around = outside;
        now = end;
        if (last != null && forFinally != null) {
            now = end.join(forFinally.state);
            scan(last, null);
            boolean wasSilent = isSilent;
            isSilent = true;
            now = end;
            scan(last, null);
            isSilent = wasSilent;
        }
        return null;
    }

    /// A resource is closed at the end of its block: a use, if closing consumes it.
    private void closeAtEnd(Tree resource) {
        if (resource instanceof VariableTree declared) {
            VarSymbol variable = ASTHelpers.getSymbol(declared);
            for (Symbol member : variable.type.tsym.members().getSymbolsByName(context.getNames().close)) {
                if (member instanceof MethodSymbol close
                        && close.params().isEmpty()
                        && consumptions.of(close, context.getTypes()).always().get(0)) {
                    use(variable, resource);
                }
            }
        }
    }

    // Bodies inside of this one

    @Override
    public @Nullable Void visitLambdaExpression(LambdaExpressionTree tree, @Nullable Void unused) {
        later(() -> super.visitLambdaExpression(tree, null));
        return null;
    }

    @Override
    public @Nullable Void visitMemberReference(MemberReferenceTree tree, @Nullable Void unused) {
        later(() -> {
            super.visitMemberReference(tree, null);
            call(tree, ASTHelpers.getSymbol(tree), tree.getQualifierExpression(), List.of());
        });
        return null;
    }

    @Override
    public @Nullable Void visitClass(ClassTree tree, @Nullable Void unused) {
        for (Tree member : tree.getMembers()) {
            later(() -> scan(member, null));
        }
        return null;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree tree, @Nullable Void unused) {
        Consumption own = consumptions.of(ASTHelpers.getSymbol(tree), context.getTypes());
        for (int i = 0; i < tree.getParameters().size(); i++) {
            if (!own.takes(i)) {
                lent.add(ASTHelpers.getSymbol(tree.getParameters().get(i)));
            }
        }
        scan(tree.getBody(), null);
        return null;
    }

    /// Walks over a body that may run at some other time, or not at all.
    private void later(Runnable body) {
        State entry = now;
        Landing outside = landing;
        Finally outer = around;
        Landing given = new Landing(entry, null);
        landing = given;
        around = null;
        body.run();
        landing = outside;
        around = outer;
        now = entry.join(given.state);
        landAll();
    }

    // Reports

    private void report(Tree tree, String message) {
        if (!isSilent && reported.add(tree)) {
            check.report(tree, message, context);
        }
    }

    private static String nameOf(Tree call) {
        Symbol symbol = ASTHelpers.getSymbol(call);
        return symbol == null
                ? call.toString()
                : symbol.isConstructor() ? "new " + symbol.owner.name : symbol.name + "";
    }

    private long lineOf(Tree tree) {
        return context.getPath().getCompilationUnit().getLineMap().getLineNumber(startOf(tree));
    }

    private boolean contains(Tree outer, Tree inner) {
        return startOf(outer) <= startOf(inner) && context.getEndPosition(inner) <= context.getEndPosition(outer);
    }

    private static int startOf(Tree tree) {
        return ((JCTree) tree).getStartPosition();
    }
}
