package live.telemetry.browsertests;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;

/** One tab of the browser with the page under test, which {@code page.js} makes; and what its console has said. */
final class Tab implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration PACE = Duration.ofMillis(25);
    private static final Gson GSON = new Gson();

    private final ChromeDriver driver;
    private final String home;
    private final String window;
    private final List<LogEntry> console = new ArrayList<>();
    private final List<Pattern> expected = new ArrayList<>();
    private final List<String> subscribed = new ArrayList<>();

    private Tab(ChromeDriver driver) {
        this.driver = driver;
        this.home = driver.getWindowHandle();
        driver.switchTo().newWindow(WindowType.TAB);
        this.window = driver.getWindowHandle();
        // What the tab before this one has said.
        driver.manage().logs().get(LogType.BROWSER);
    }

    static Tab open(ChromeDriver driver) {
        return new Tab(driver);
    }

    // ---- the browser

    void go(URI address) {
        driver.get(address.toString());
    }

    void back() {
        driver.navigate().back();
    }

    /** Covers this tab with another one, so that it is hidden; nothing can be asked of it until {@link #show}. */
    void hide() {
        driver.switchTo().newWindow(WindowType.TAB);
    }

    void show() {
        driver.switchTo().window(window);
    }

    /** The browser stops every task of the page, as it does with one that was hidden for long; until {@link #thaw}. */
    void freeze() {
        command("Page.setWebLifecycleState", Map.of("state", "frozen"));
    }

    void thaw() {
        command("Page.setWebLifecycleState", Map.of("state", "active"));
    }

    /** The browser takes its network for gone, or for back. */
    void offline(boolean offline) {
        command(
                "Network.emulateNetworkConditions",
                Map.of("offline", offline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
    }

    private void command(String name, Map<String, Object> parameters) {
        driver.executeCdpCommand(name, parameters);
    }

    /** Runs the body of a function in the page; a promise that it returns is waited for. */
    @Nullable
    Object run(String body, Object... arguments) {
        return driver.executeScript(body, arguments);
    }

    /** Waits until an expression of the page is true. */
    void await(String expression, Object... arguments) {
        new WebDriverWait(driver, PATIENCE, PACE)
                .withMessage(() -> expression + " of " + run("return JSON.stringify(page.summary())"))
                .until(any -> Boolean.TRUE.equals(run("return " + expression, arguments)));
    }

    // ---- the page

    /** Loads the page of a scene and connects over these transports, or those of the client's choice. */
    void connect(Scene scene, String... transports) {
        connect(scene, transports.length == 0 ? Map.of() : Map.of("transports", List.of(transports)));
    }

    void connect(Scene scene, Map<String, ?> options) {
        go(scene.page());
        run("page.connect(arguments[0])", options);
    }

    void subscribe(String topicOrPattern) {
        subscribed.add(topicOrPattern);
        run("page.subscribe(arguments[0])", topicOrPattern);
    }

    List<String> subscribed() {
        return subscribed;
    }

    void awaitState(String state) {
        await("page.client.state === arguments[0]", state);
    }

    void awaitTransport(String transport) {
        await("page.client.state === 'open' && page.client.stats().transport === arguments[0]", transport);
    }

    void awaitRecord(String subscribed, String topic, long seq) {
        await("page.accounts[arguments[0]]?.last >= arguments[1]", subscribed + " " + topic, seq);
    }

    Account account(String subscribed, String topic) {
        String json = (String) run("return JSON.stringify(page.accounts[arguments[0]])", subscribed + " " + topic);
        return GSON.fromJson(json, Account.class);
    }

    List<String> strings(String expression) {
        String json = (String) run("return JSON.stringify(" + expression + ")");
        return GSON.fromJson(json, new TypeToken<List<String>>() {}.getType());
    }

    long number(String expression) {
        return ((Number) run("return " + expression)).longValue();
    }

    // ---- the console

    /** What looks like this is no failure: a browser logs each request that fails, whoever deals with it. */
    void expectMessages(String... regexes) {
        List.of(regexes).forEach(each -> expected.add(Pattern.compile(each)));
    }

    List<String> messages() {
        driver.manage().logs().get(LogType.BROWSER).forEach(console::add);
        return console.stream()
                .map(entry -> entry.getLevel() + " " + entry.getMessage())
                .toList();
    }

    List<String> unexpectedMessages() {
        return messages().stream()
                .filter(message -> expected.stream()
                        .noneMatch(each -> each.matcher(message).matches()))
                .toList();
    }

    List<String> violations() {
        return strings("globalThis.page?.violations ?? []");
    }

    @Override
    public void close() {
        for (String each : driver.getWindowHandles()) {
            if (!each.equals(home)) {
                driver.switchTo().window(each).close();
            }
        }
        driver.switchTo().window(home);
    }
}
