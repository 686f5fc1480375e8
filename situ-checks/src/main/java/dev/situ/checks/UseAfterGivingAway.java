package dev.situ.checks;

import static com.google.errorprone.BugPattern.LinkType.NONE;
import static com.google.errorprone.BugPattern.SeverityLevel.ERROR;
import static com.google.errorprone.matchers.Description.NO_MATCH;

import com.google.errorprone.BugPattern;
import com.google.errorprone.VisitorState;
import com.google.errorprone.bugpatterns.BugChecker;
import com.google.errorprone.bugpatterns.BugChecker.BlockTreeMatcher;
import com.google.errorprone.bugpatterns.BugChecker.MethodTreeMatcher;
import com.google.errorprone.bugpatterns.BugChecker.VariableTreeMatcher;
import com.google.errorprone.matchers.Description;
import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePath;

/// Refuses what a type system with owners would refuse of local variables and parameters:
///
/// - using a variable after it was, or may have been, given away to a parameter or receiver that is
///   `@dev.situ.memory.Consumes` (or `@ConsumesIfTrue`, where the call may have returned `true`);
/// - giving away a parameter that is not annotated itself: it was only lent.
///
/// The work is done by a [GivingAwayWalk] over each method body. Fields, elements of arrays and a second variable
/// of the same value are not followed.
@BugPattern(summary = "What was given away is used, or what was lent is given away", severity = ERROR, linkType = NONE)
@SuppressWarnings("serial") // no checker is ever serialized
public final class UseAfterGivingAway extends BugChecker
        implements MethodTreeMatcher, BlockTreeMatcher, VariableTreeMatcher {
    private final Consumption.Finder consumptions = new Consumption.Finder();

    @Override
    public Description matchMethod(MethodTree method, VisitorState state) {
        if (method.getBody() != null && isMember(state.getPath())) {
            new GivingAwayWalk(this, consumptions, state).walk(method);
        }
        return NO_MATCH;
    }

    /// An initializer block.
    @Override
    public Description matchBlock(BlockTree block, VisitorState state) {
        if (isMember(state.getPath())) {
            new GivingAwayWalk(this, consumptions, state).walk(block);
        }
        return NO_MATCH;
    }

    /// A field, for the lambdas in its initializer.
    @Override
    public Description matchVariable(VariableTree field, VisitorState state) {
        if (field.getInitializer() != null && isMember(state.getPath())) {
            new GivingAwayWalk(this, consumptions, state).walk(field);
        }
        return NO_MATCH;
    }

    /// Whether this is a member of a class that is not itself inside a body: the walk of that body covers those.
    private static boolean isMember(TreePath path) {
        TreePath around = path.getParentPath();
        if (!(around.getLeaf() instanceof ClassTree)) {
            return false;
        }
        for (Tree tree : around) {
            if (!(tree instanceof ClassTree || tree instanceof CompilationUnitTree)) {
                return false;
            }
        }
        return true;
    }

    void report(Tree use, String message, VisitorState state) {
        state.reportMatch(buildDescription(use).setMessage(message).build());
    }
}
