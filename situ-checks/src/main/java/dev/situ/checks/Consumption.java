package dev.situ.checks;

import com.google.errorprone.util.ASTHelpers;
import com.sun.tools.javac.code.Symbol;
import com.sun.tools.javac.code.Symbol.MethodSymbol;
import com.sun.tools.javac.code.Symbol.TypeSymbol;
import com.sun.tools.javac.code.Types;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/// What a call of one method does to what is passed to it, by the annotations on it and on the methods that it
/// overrides.
///
/// ```
///  bit     0             1 + i
///          the receiver  parameter i
/// ```
///
/// @param always what `@Consumes` names
/// @param ifTrue what `@ConsumesIfTrue` names
record Consumption(BitSet always, BitSet ifTrue) {
    private static final String ALWAYS = "dev.situ.memory.Consumes";
    private static final String IF_TRUE = "dev.situ.memory.ConsumesIfTrue";

    static final Consumption NOTHING = new Consumption(new BitSet(), new BitSet());

    /// Finds the consumptions of one compilation, each once.
    static final class Finder {
        private final Map<MethodSymbol, Consumption> known = new HashMap<>();

        Consumption of(MethodSymbol method, Types types) {
            Consumption found = known.get(method);
            if (found == null) {
                found = read(method, types);
                known.put(method, found);
            }
            return found;
        }

        private static Consumption read(MethodSymbol method, Types types) {
            if (method.owner.getQualifiedName().toString().startsWith("java.")) {
                return NOTHING;
            }
            Consumption all = new Consumption(new BitSet(), new BitSet());
            all.add(method);
            for (MethodSymbol overridden : ASTHelpers.findSuperMethods(method, types)) {
                all.add(overridden);
            }
            return all.isNothing() ? NOTHING : all;
        }
    }

    boolean isNothing() {
        return always.isEmpty() && ifTrue.isEmpty();
    }

    /// Whether the method takes over parameter `index`, always or not.
    boolean takes(int index) {
        return always.get(1 + index) || ifTrue.get(1 + index);
    }

    private void add(MethodSymbol method) {
        add(method, 0);
        for (int i = 0; i < method.params().size(); i++) {
            add(method.params().get(i), 1 + i);
        }
    }

    private void add(Symbol annotated, int bit) {
        annotated.getAnnotationMirrors().forEach(annotation -> {
            TypeSymbol type = annotation.type.tsym;
            if (type.getQualifiedName().contentEquals(ALWAYS)) {
                always.set(bit);
            } else if (type.getQualifiedName().contentEquals(IF_TRUE)) {
                ifTrue.set(bit);
            }
        });
    }
}
