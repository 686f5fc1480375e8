package dev.situ.checks;

import com.google.errorprone.util.ASTHelpers;
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
import com.sun.source.tree.IfTree;
import com.sun.source.tree.LabeledStatementTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.ThrowTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.Tree.Kind;
import com.sun.source.tree.TryTree;
import com.sun.source.tree.UnaryTree;
import com.sun.source.tree.WhileLoopTree;
import com.sun.source.tree.YieldTree;
import com.sun.source.util.TreeScanner;
import com.sun.tools.javac.tree.JCTree;
import com.sun.tools.javac.tree.JCTree.JCBreak;
import com.sun.tools.javac.tree.JCTree.JCContinue;
import com.sun.tools.javac.tree.JCTree.JCYield;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Walks over one body in the order in which it runs, and knows at each point what may have happened on some way there.
///
/// ```
///  branch      each side starts with what was known; behind it both are joined
///  condition   has two ends, and something may have happened at one of them only
///  loop        walked twice: the first turn tells, silently, what the second may find at its head
///  jump        what is known at a break, continue, yield is joined in at its target, behind the finally blocks between
///  try         wherever something happens in the body, an exception may lead to the catch and finally blocks
///  lambda,     may run now or later, or never: what happens in it happens where it is made
///  local class
/// ```
///
/// One silent turn is enough for a loop: what a turn adds depends on none of what it finds.
abstract class FlowWalk extends TreeScanner<@Nullable Void, @Nullable Void> {
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
    record Split(State ifTrue, State ifFalse) {
        State joined() {
            return ifTrue.join(ifFalse);
        }

        Split negated() {
            return new Split(/* ifTrue= */ ifFalse, /* ifFalse= */ ifTrue);
        }
    }

    /// What is known at the current point.
    State now = State.START;

    private @Nullable Landing landing;
    private @Nullable Finally around;
    private boolean isSilent;

    private final Map<Tree, State> breaks = new HashMap<>();
    private final Map<Tree, State> continues = new HashMap<>();

    /// What is known behind a condition without `!`, `&&` and `||`, over which the walk has just gone.
    abstract Split answer(ExpressionTree condition);

    /// A resource of a `try` is closed.
    abstract void close(Tree resource);

    /// Whether this code will be walked over once more, with all that is known: that is the time to report.
    final boolean isSilent() {
        return isSilent;
    }

    // Conditions

    /// Walks over a condition.
    final Split condition(ExpressionTree parenthesized) {
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
        return answer(tree);
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
        tree.getResources().forEach(this::close);
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

    // Bodies inside of this one

    @Override
    public @Nullable Void visitLambdaExpression(LambdaExpressionTree tree, @Nullable Void unused) {
        later(() -> super.visitLambdaExpression(tree, null));
        return null;
    }

    @Override
    public @Nullable Void visitClass(ClassTree tree, @Nullable Void unused) {
        for (Tree member : tree.getMembers()) {
            later(() -> scan(member, null));
        }
        return null;
    }

    /// Walks over a body that may run at some other time, or not at all.
    final void later(Runnable body) {
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

    /// An exception may follow, and lead to every landing around.
    final void landAll() {
        for (Landing at = landing; at != null; at = at.outer) {
            at.join(now);
        }
    }

    static int startOf(Tree tree) {
        return ((JCTree) tree).getStartPosition();
    }
}
