package live.telemetry.server;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
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

/** Who may know whom in the server: sockets know sessions, sessions know the node, the node knows logs; never back. */
@AnalyzeClasses(packages = "live.telemetry.server", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String SERVER = "live.telemetry.server";

    @ArchTest
    static final ArchRule logsKnowNobody = noClasses()
            .that()
            .resideInAPackage(SERVER + ".log..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SERVER, SERVER + ".node..", SERVER + ".session..", SERVER + ".net..");

    @ArchTest
    static final ArchRule nodeKnowsNoSession = noClasses()
            .that()
            .resideInAPackage(SERVER + ".node..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SERVER, SERVER + ".session..", SERVER + ".net..");

    @ArchTest
    static final ArchRule sessionsKnowNoSocket = noClasses()
            .that()
            .resideInAPackage(SERVER + ".session..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SERVER, SERVER + ".net..", "java.nio.channels..", "java.net..");

    @ArchTest
    static final ArchRule partsDoNotKnowTheServer = noClasses()
            .that()
            .resideOutsideOfPackage(SERVER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(SERVER);

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("live.telemetry.server.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onePackageKnowsTheWebSocketEngine = noClasses()
            .that()
            .resideOutsideOfPackage(SERVER + ".net.websocket")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.java_websocket..");

    @ArchTest
    static final ArchRule onePackageKnowsTheTlsLibrary = noClasses()
            .that()
            .resideOutsideOfPackage(SERVER + ".net.tls")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("tlschannel..");

    @ArchTest
    static final ArchRule onePackageKnowsTheJwtLibrary = noClasses()
            .that()
            .resideOutsideOfPackage(SERVER + ".auth")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.jsonwebtoken..");

    @ArchTest
    static final ArchRule jsonIsTheCoresBusiness =
            noClasses().should().dependOnClassesThat().resideInAPackage("com.google.gson..");

    @ArchTest
    static final ArchRule nobodySleeps = noClasses().should().callCodeUnitWhere(describe("Thread.sleep", call -> {
        CodeUnitCallTarget target = call.getTarget();
        return target.getOwner().isEquivalentTo(Thread.class)
                && target.getName().equals("sleep");
    }));

    @ArchTest
    static final ArchRule apiNamesNoThirdParty = classes()
            .that()
            .resideInAnyPackage(SERVER, SERVER + ".auth")
            .and()
            .arePublic()
            .should(condition(
                    "have only java.* and own types in public signatures",
                    type -> type.getCodeUnits().stream()
                            .filter(ArchitectureTest::isVisible)
                            .flatMap(ArchitectureTest::signature)
                            .allMatch(ArchitectureTest::isOwnOrOfTheJdk)));

    @ArchTest
    static final ArchRule apiCannotBeExtendedByAccident = classes()
            .that()
            .resideInAnyPackage(SERVER, SERVER + ".auth")
            .and()
            .arePublic()
            .should(condition(
                    "be an interface, a record, an enum, an exception or final",
                    type -> type.isInterface()
                            || type.isRecord()
                            || type.isEnum()
                            || type.isAssignableTo(Throwable.class)
                            || type.getModifiers().contains(JavaModifier.FINAL)));

    @ArchTest
    static final ArchRule everyPackageIsNullMarked = classes()
            .should(condition(
                    "be in a @NullMarked package", type -> type.getPackage().isAnnotatedWith(NullMarked.class)));

    private static boolean isVisible(JavaCodeUnit unit) {
        return unit.getModifiers().contains(JavaModifier.PUBLIC)
                || unit.getModifiers().contains(JavaModifier.PROTECTED);
    }

    private static Stream<JavaClass> signature(JavaCodeUnit unit) {
        return Stream.concat(Stream.of(unit.getRawReturnType()), unit.getRawParameterTypes().stream());
    }

    private static boolean isOwnOrOfTheJdk(JavaClass type) {
        JavaClass element = type.getBaseComponentType();
        return element.isPrimitive()
                || element.getPackageName().startsWith("java.")
                || element.getPackageName().startsWith("live.telemetry.");
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
