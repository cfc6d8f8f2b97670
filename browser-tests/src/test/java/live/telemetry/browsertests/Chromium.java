package live.telemetry.browsertests;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A headless Chromium with a profile of its own, from the packages {@code chromium} and {@code chromium-driver} of Debian. */
final class Chromium implements AutoCloseable {

    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");
    private static final String DRIVER = "chromedriver";

    /** Warns that it does not know this version of the browser; what is used here is the same in all of them. */
    private static final Logger VERSION_FINDER = Logger.getLogger("org.openqa.selenium.devtools.CdpVersionFinder");

    private final Path profile;
    private final ChromeDriver driver;

    private Chromium(Path browser, Path driverProgram) {
        VERSION_FINDER.setLevel(Level.SEVERE);
        try {
            profile = Files.createTempDirectory("telemetry-chromium");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(driverProgram.toFile())
                .usingAnyFreePort()
                .build();
        driver = new ChromeDriver(service, options(browser));
    }

    private ChromeOptions options(Path browser) {
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(browser.toFile());
        options.setCapability("goog:loggingPrefs", logs);
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + profile);
        return options;
    }

    /** Why there is none, or nothing if both programs are here. */
    static Optional<String> whyMissing() {
        if (browser().isEmpty()) {
            return Optional.of("no Chromium is installed (Debian: apt-get install chromium chromium-driver)");
        }
        return program(DRIVER).isEmpty()
                ? Optional.of("no chromedriver is installed (Debian: apt-get install chromium-driver)")
                : Optional.empty();
    }

    static Chromium start() {
        return new Chromium(browser().orElseThrow(), program(DRIVER).orElseThrow());
    }

    ChromeDriver driver() {
        return driver;
    }

    private static Optional<Path> browser() {
        return BROWSERS.stream()
                .map(Chromium::program)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<Path> program(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    @Override
    public void close() {
        driver.quit();
        try (Stream<Path> files = Files.walk(profile)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove the profile " + profile, e);
        }
    }
}
