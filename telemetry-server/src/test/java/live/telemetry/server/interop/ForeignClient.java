package live.telemetry.server.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A WebSocket client that nobody here wrote, driven by the scripts in {@code src/test/interop}. It is looked for where {@code
 * .ci/interop-setup} puts it, and then in the system.
 */
enum ForeignClient {
    PYTHON_WEBSOCKETS(
            "python", "py", List.of("-c", "import websockets; assert int(websockets.__version__.split('.')[0]) >= 15")),
    NODE_WS(
            "node",
            "js",
            List.of(
                    "-e",
                    "require('ws'); require('eventsource'); net.Socket.prototype.resetAndDestroy || process.exit(1)"));

    private static final Path SCRIPTS = Path.of("src", "test", "interop").toAbsolutePath();
    private static final Path HOME =
            Path.of(Optional.ofNullable(System.getenv("INTEROP_HOME")).orElse("target/interop"));

    private final String language;
    private final String extension;
    private final List<String> probe;

    ForeignClient(String language, String extension, List<String> probe) {
        this.language = language;
        this.extension = extension;
        this.probe = probe;
    }

    /** Whether it is here, in a version that the scripts can use. */
    boolean isInstalled() throws IOException, InterruptedException {
        try (ScriptRun run = start(probe, Map.of())) {
            return run.exitCode(10, TimeUnit.SECONDS) == 0;
        } catch (IOException e) {
            return false; // Not even the interpreter.
        }
    }

    /** Runs a script of this client's folder, named without its extension. */
    ScriptRun run(String script, Map<String, String> environment, String... arguments) throws IOException {
        String file =
                SCRIPTS.resolve(language).resolve(script + "." + extension).toString();
        return start(ScriptRun.concat(List.of(file), List.of(arguments)), environment);
    }

    private ScriptRun start(List<String> arguments, Map<String, String> environment) throws IOException {
        ProcessBuilder process = new ProcessBuilder(ScriptRun.concat(List.of(interpreter()), arguments));
        process.environment()
                .put(
                        "NODE_PATH",
                        HOME.resolve("node/node_modules").toAbsolutePath().toString());
        process.environment().putAll(environment);
        return new ScriptRun(process);
    }

    private String interpreter() {
        return switch (this) {
            case PYTHON_WEBSOCKETS -> {
                Path installed = HOME.resolve("python/bin/python");
                yield Files.isExecutable(installed) ? installed.toAbsolutePath().toString() : "python3";
            }
            case NODE_WS -> "node";
        };
    }
}
