package dev.situ.checks;

import com.google.errorprone.VisitorState;
import com.google.errorprone.util.ASTHelpers;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TypeCastTree;
import com.sun.source.tree.VariableTree;
import com.sun.tools.javac.code.Symbol;
import com.sun.tools.javac.code.Symbol.MethodSymbol;
import com.sun.tools.javac.code.Symbol.VarSymbol;
import dev.situ.checks.State.Move;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.lang.model.element.ElementKind;
import org.jspecify.annotations.Nullable;

/// Follows what is given away through one body.
///
/// - A **call** gives away what is passed as a parameter with `@Consumes`, whatever comes of it, and what is passed
///   as one with `@ConsumesIfTrue` only where it has returned `true`. Who gives away has given away, also when the
///   call throws.
/// - A **use** of a variable that may have been given away is reported. A new value is a new start.
/// - A **parameter** without the annotation was lent: giving it away is reported.
final class GivingAwayWalk extends FlowWalk {
    /// What the answer kept in a boolean variable undoes.
    private record Answer(Set<Move> notIfTrue, Set<Move> notIfFalse) {}

    private final UseAfterGivingAway check;
    private final Consumption.Finder consumptions;
    private final VisitorState context;

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
                answers.put(variable, new Answer(missing(split.ifTrue()), missing(split.ifFalse())));
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

    @Override
    public @Nullable Void visitMemberReference(MemberReferenceTree tree, @Nullable Void unused) {
        later(() -> {
            super.visitMemberReference(tree, null);
            call(tree, ASTHelpers.getSymbol(tree), tree.getQualifierExpression(), List.of());
        });
        return null;
    }

    @Override
    Split answer(ExpressionTree tree) {
        VarSymbol variable = local(tree);
        Answer answer = variable == null ? null : answers.get(variable);
        if (answer != null) {
            return new Split(now.without(answer.notIfTrue), now.without(answer.notIfFalse));
        }
        return new Split(now, now.without(conditional.getOrDefault(tree, Set.of())));
    }

    /// A resource is closed at the end of its block: a use, if closing consumes it.
    @Override
    void close(Tree resource) {
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

    // Reports

    private void report(Tree tree, String message) {
        if (!isSilent() && reported.add(tree)) {
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
}
