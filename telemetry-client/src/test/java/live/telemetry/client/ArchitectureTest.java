package live.telemetry.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "live.telemetry.client", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule theClientKnowsCoreAndNoServer = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "live.telemetry.client..",
                    "live.telemetry.core..",
                    "java..",
                    "javax.net..",
                    "org.java_websocket..",
                    "org.jspecify..",
                    "org.slf4j..");

    @ArchTest
    static final ArchRule onlyTheTransportKnowsTheEngine = noClasses()
            .that()
            .resideOutsideOfPackage("live.telemetry.client.transport")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.java_websocket..");

    @ArchTest
    static final ArchRule transportsKnowNoSubscriptions = noClasses()
            .that()
            .resideInAPackage("live.telemetry.client.transport..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("live.telemetry.client");
}
