package live.telemetry.benchmarks.suite;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import live.telemetry.benchmarks.client.Endpoint;
import live.telemetry.examples.load.LoadPlan;
import org.jspecify.annotations.Nullable;

/** The process of a server, and its commands (those of {@code ServerProcess} in {@code contender}). For one thread. */
final class RunningServer implements AutoCloseable {

    /** A server that is overloaded answers late; one that does not answer for so long is lost. */
    private static final int ANSWER_SECONDS = 60;

    private static final int END_SECONDS = 3;

    private final Process process;
    private final BufferedReader out;
    private final Writer in;
    private final Endpoint endpoint;

    private RunningServer(Process process, @Nullable SSLContext tls) throws Exception {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.US_ASCII);
        this.in = process.outputWriter(StandardCharsets.US_ASCII);
        this.endpoint = new Endpoint(Integer.parseInt(answer("ready ")), tls);
    }

    static RunningServer start(List<String> command, @Nullable SSLContext tls) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            return new RunningServer(process, tls);
        } catch (Exception e) {
            process.destroyForcibly();
            throw e;
        }
    }

    Endpoint endpoint() {
        return endpoint;
    }

    void load(LoadPlan plan, int keys) throws Exception {
        command("load " + plan.topics() + ' ' + plan.recordsPerSecond() + ' ' + plan.bytes() + ' ' + keys);
    }

    void fill(int topics, int records, int bytes) throws Exception {
        command("fill " + topics + ' ' + records + ' ' + bytes);
    }

    ServerUsage usage() throws Exception {
        Map<String, Long> own = valuesOf(command("usage"));
        return new ServerUsage(figures(), own);
    }

    /** Without garbage. */
    ServerUsage usageAfterCollection() throws Exception {
        Map<String, Long> own = valuesOf(command("collect"));
        return new ServerUsage(figures(), own);
    }

    ProcessFigures figures() {
        try {
            return ProcessFigures.of(process.pid());
        } catch (IOException e) {
            throw new UncheckedIOException("the server has ended", e);
        }
    }

    private String command(String line) throws Exception {
        in.write(line + '\n');
        in.flush();
        return answer("ok");
    }

    private String answer(String prefix) throws Exception {
        CompletableFuture<@Nullable String> line = new CompletableFuture<>();
        Thread reader = new Thread(() -> readLine(line), "server-answer");
        reader.setDaemon(true);
        reader.start();
        String answer;
        try {
            answer = line.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IllegalStateException("the server does not answer", e);
        }
        if (answer == null) {
            process.waitFor(END_SECONDS, TimeUnit.SECONDS);
            throw new IllegalStateException(
                    "the server has ended" + (process.isAlive() ? "" : " with exit code " + process.exitValue()));
        }
        if (!answer.startsWith(prefix)) {
            throw new IllegalStateException("the server answered: " + answer);
        }
        return answer.substring(prefix.length()).trim();
    }

    private void readLine(CompletableFuture<@Nullable String> line) {
        try {
            line.complete(out.readLine());
        } catch (IOException e) {
            line.completeExceptionally(e);
        }
    }

    private static Map<String, Long> valuesOf(String answer) {
        return Arrays.stream(answer.split(" "))
                .filter(word -> word.contains("="))
                .map(word -> word.split("="))
                .collect(Collectors.toMap(pair -> pair[0], pair -> Long.valueOf(pair[1])));
    }

    /** Ends the process, by force if it does not end by itself. */
    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            // It has ended already, which is what is wanted.
        }
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
