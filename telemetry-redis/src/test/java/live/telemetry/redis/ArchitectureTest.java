package live.telemetry.redis;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

@AnalyzeClasses(packages = "live.telemetry.redis", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule redisDependsOnCoreAndJedis = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "live.telemetry.redis",
                    "live.telemetry.core",
                    "live.telemetry.core.json",
                    "redis.clients.jedis..",
                    "java..",
                    "javax.net.ssl",
                    "org.jspecify..",
                    "org.slf4j..");

    @ArchTest
    static final ArchRule publicTypesAreFew = classes()
            .that()
            .arePublic()
            .should()
            .haveSimpleNameStartingWith("Redis")
            .andShould(condition(
                    "be final",
                    type -> type.isInterface()
                            || type.isRecord()
                            || type.getModifiers().contains(JavaModifier.FINAL)));

    @ArchTest
    static final ArchRule publicSignaturesDoNotNameJedis = classes()
            .that()
            .arePublic()
            .should(condition(
                    "have only own types and the JDK's in public signatures",
                    type -> type.getCodeUnits().stream()
                            .filter(unit -> unit.getModifiers().contains(JavaModifier.PUBLIC))
                            .flatMap(ArchitectureTest::signature)
                            .allMatch(ArchitectureTest::isOwnOrOfTheJdk)));

    @ArchTest
    static final ArchRule everyPackageIsNullMarked = classes()
            .should(condition(
                    "be in a @NullMarked package", type -> type.getPackage().isAnnotatedWith(NullMarked.class)));

    private static Stream<JavaClass> signature(JavaCodeUnit unit) {
        return Stream.concat(Stream.of(unit.getRawReturnType()), unit.getRawParameterTypes().stream());
    }

    private static boolean isOwnOrOfTheJdk(JavaClass type) {
        JavaClass element = type.getBaseComponentType();
        return element.isPrimitive()
                || element.getPackageName().startsWith("java")
                || element.getPackageName().startsWith("live.telemetry");
    }

    private static ArchCondition<JavaClass> condition(String what, Predicate<JavaClass> holds) {
        return new ArchCondition<>(what) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                events.add(new SimpleConditionEvent(type, holds.test(type), type.getName() + " must " + what));
            }
        };
    }
}
