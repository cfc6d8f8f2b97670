package live.telemetry.server.interop;

import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A process that is talked to by lines. Closing it ends it, whatever it is doing. */
final class ScriptRun implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final BlockingQueue<String> unread = new LinkedBlockingQueue<>();
    private final StringBuffer output = new StringBuffer();
    private final Thread reader;

    ScriptRun(ProcessBuilder builder) throws IOException {
        this.process = builder.redirectErrorStream(true).start();
        this.reader = new Thread(this::read, "script-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Waits for the next line, which must look like this. */
    Matcher expectLine(String regex) throws InterruptedException {
        String line = unread.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        Matcher matcher = Pattern.compile(regex).matcher(line == null ? "" : line);
        if (!matcher.matches()) {
            fail("expected a line like " + regex + ", but the script said: " + output);
        }
        return matcher;
    }

    /** Writes lines to its input. */
    void send(List<String> lines) throws IOException {
        Writer input = process.outputWriter();
        input.write(String.join("\n", lines) + "\n");
        input.flush();
    }

    /** Waits for its end. */
    int exitCode() throws InterruptedException {
        return exitCode(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    int exitCode(long patience, TimeUnit unit) throws InterruptedException {
        if (!process.waitFor(patience, unit)) {
            fail("the script does not end; it said: " + output);
        }
        return process.exitValue();
    }

    /** Tells it that no more input comes. */
    void endInput() throws IOException {
        process.outputWriter().close();
    }

    /** All that it has said until its end. */
    String output() throws InterruptedException {
        reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        return output.toString();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    static List<String> concat(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.append(line).append('\n');
                unread.add(line);
            }
        } catch (IOException | UncheckedIOException e) {
            // Closed while reading: the run was ended from here.
        }
    }
}
