package dev.situ.packet;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;

/// Makes steps, each of a class of its own: a hidden copy of the class that was written.
///
/// The compiler of the JVM inlines a call when it has seen one callee at that place in the bytecode. All filters of
/// all pipelines would share the one call in the loop of [FilterStep], would soon have shown it many callees, and
/// every packet would pay for an indirect call at every step. A copy of the class has a copy of the loop, with a
/// history of its own, and so the loop and the function that it calls become one piece of machine code.
final class StepCopies {
    private StepCopies() {}

    /// A step of a fresh copy of `type`, which has one constructor.
    static Step make(Class<? extends Step> type, Object... arguments) {
        try (InputStream file = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            if (file == null) {
                throw new IllegalStateException("the class file of " + type + " is missing");
            }
            Class<?> copy = MethodHandles.lookup()
                    .defineHiddenClass(file.readAllBytes(), true)
                    .lookupClass();
            Constructor<?> constructor = copy.getDeclaredConstructors()[0];
            return (Step) constructor.newInstance(arguments);
        } catch (IOException | ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a pipeline step of " + type, e);
        }
    }
}
