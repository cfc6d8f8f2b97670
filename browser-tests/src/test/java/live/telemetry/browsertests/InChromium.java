package live.telemetry.browsertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test a {@link Tab} of the one Chromium of the module, and closes it afterwards, before the scene goes; what its console had
 * to say beyond what the test expected is a failure. Where there is no Chromium the tests are skipped, unless {@code -Drequire.interop=true} or the
 * environment's {@code REQUIRE_INTEROP=true} asks for them.
 */
final class InChromium implements ExecutionCondition, ParameterResolver, AfterTestExecutionCallback {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(InChromium.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<String> missing = Chromium.whyMissing();
        if (missing.isPresent() && isRequired()) {
            throw new IllegalStateException(missing.get());
        }
        return missing.map(ConditionEvaluationResult::disabled)
                .orElseGet(() -> ConditionEvaluationResult.enabled("there is a Chromium"));
    }

    static boolean isRequired() {
        return Boolean.getBoolean("require.interop") || Boolean.parseBoolean(System.getenv("REQUIRE_INTEROP"));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Tab.class;
    }

    @Override
    public Tab resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(
                        Tab.class, type -> Tab.open(chromium(context).driver()), Tab.class);
    }

    /** Of the whole run; closed behind its last test. */
    private static Chromium chromium(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(Chromium.class, type -> Chromium.start(), Chromium.class);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        Tab tab = context.getStore(NAMESPACE).get(Tab.class, Tab.class);
        if (tab != null) {
            try {
                assertThat(tab.unexpectedMessages()).as("the console").isEmpty();
                assertThat(tab.violations()).as("violations of the policy").isEmpty();
            } finally {
                tab.close();
            }
        }
    }
}
