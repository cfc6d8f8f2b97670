package live.telemetry.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import live.telemetry.core.ErrorCode;
import live.telemetry.core.TelemetryException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonDataTest {

    // ---- parsing

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "{",
                "[",
                "[1",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "\"abc",
                "nul",
                "tru",
                "1 2",
                "{} {}",
                "[] x",
                ",",
                ":",
                "]",
                "}",
                "[1,]",
                "[,1]",
                "{\"a\":1,}",
                "{,}",
                "{\"a\" 1}",
                "{\"a\"=1}",
                "{a:1}",
                "{'a':1}",
                "'a'",
                "abc",
                "[1;2]",
                "TRUE",
                "True",
                "NULL",
                "undefined",
                "NaN",
                "Infinity",
                "-Infinity",
                "01",
                "-01",
                "+1",
                ".5",
                "1.",
                "-",
                "1e",
                "1e+",
                "0x1F",
                "1_000",
                "1,5",
                "--1",
                "\"\t\"",
                "\"a\nb\"",
                "\"\u0000\"",
                "\"\\x41\"",
                "\"\\'\"",
                "\"\\\n\"",
                "\"\\u12\"",
                "\"\\u12g4\"",
                "\"\\\"",
                "// c\n1",
                "/* c */1",
                "# c\n1",
                ")]}'\n1",
                "\u00a01",
                "\f1",
                "1\u0000"
            })
    void textThatIsNotJsonIsRefused(String text) {
        assertRefused(text, "not valid JSON");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "true",
                "false",
                "0",
                "-0",
                "-1",
                "0.5",
                "1e5",
                "1E+5",
                "1.50",
                "-2.5e-3",
                "9223372036854775807",
                "123456789012345678901234567890",
                "\"\"",
                "\"a b\"",
                "[]",
                "{}",
                "[[],{}]",
                "{\"\":0}",
                "{\"a\":{\"b\":[null]}}",
                "{\"b\":1,\"a\":2}",
                "\"ü 日本 🙂\""
            })
    void compactTextIsCanonicalAlready(String text) {
        assertThat(JsonData.parse(text).text()).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            quoteCharacter = '`',
            value = {
                "` { \"a\" : [ 1 , 2 ] } ` → {\"a\":[1,2]}",
                "\"\\u0041\\/\" → \"A/\"",
                "\"\\ud83d\\ude42\" → \"🙂\"",
                "\"\\u00FC\" → \"ü\"",
                "\"\\u0007\" → \"\\u0007\"",
                "\"\\u000a\\u0009\" → \"\\n\\t\"",
                "\"<a href='x'>&\" → \"<a href='x'>&\"",
            })
    void otherSpellingsBecomeOne(String text, String canonical) {
        assertThat(JsonData.parse(text).text()).isEqualTo(canonical);
        assertThat(JsonData.parse(text))
                .isEqualTo(JsonData.parse(canonical))
                .hasSameHashCodeAs(JsonData.parse(canonical));
    }

    @Test
    void canonicalTextIsOneLine() {
        assertThat(JsonData.parse("{\r\n\t\"a\":\n\"x\\ny\\r\u2028\u2029\"\n}").text())
                .isEqualTo("{\"a\":\"x\\ny\\r\\u2028\\u2029\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\ud800", "\udc00a", "\ud800\ud800", "\udc00\ud800", "\ud800a\udc00"})
    void halvesOfSurrogatePairsAreWrittenAsEscapes(String broken) {
        for (JsonData data : List.of(JsonData.parse('"' + broken + '"'), JsonData.of(broken))) {
            assertThat(new String(data.text().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                    .as("survives UTF-8")
                    .isEqualTo(data.text());
            assertThat(data.as(String.class)).isEqualTo(broken);
        }
        assertThat((Object) JsonData.of(Map.of(broken, 1)).as(Map.class)).isEqualTo(Map.of(broken, 1.0));
    }

    @Test
    void depthIsBounded() {
        for (String[] brackets : new String[][] {{"[", "]"}, {"{\"a\":", "}"}}) {
            assertThat(JsonData.parse(nested(64, brackets)).text()).isEqualTo(nested(64, brackets));
            assertRefused(nested(65, brackets), "not valid JSON");
            assertRefused(nested(100_000, brackets), "not valid JSON");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":1,\"a\":2}", "{\"a\":1,\"b\":2,\"\\u0061\":1}", "[{\"x\":{\"\":1,\"\":1}}]"})
    void nameThatStandsTwiceIsRefused(String text) {
        assertRefused(text, "stands twice in one object");
    }

    @Test
    void nameMayStandInSeveralObjects() {
        String text = "{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":1}]}";

        assertThat(JsonData.parse(text).text()).isEqualTo(text);
    }

    @Test
    void numberIsBoundedInLengthAndSize() {
        assertThat(JsonData.parse("1".repeat(64)).text()).hasSize(64);
        assertRefused("1".repeat(65), "more than 64 characters");
        assertRefused("1".repeat(10_000), "not valid JSON");
        assertThat(JsonData.parse("1.7976931348623157e308").text()).isEqualTo("1.7976931348623157e308");
        assertThat(JsonData.parse("1e-9999999").text()).as("rounds to 0").isEqualTo("1e-9999999");
        assertRefused("1e309", "beyond a double");
        assertRefused("[-1E999999999]", "beyond a double");
    }

    @Test
    void messageIsShortAndSaysWhere() {
        assertThatThrownBy(() -> JsonData.parse("{\"a\":tru}"))
                .hasMessageContaining("line 1 column")
                .hasMessageNotContainingAny("Gson", "JsonReader", "http", "\n");
        assertThatThrownBy(() -> JsonData.parse("{\"" + "a".repeat(10_000) + "\":tru}"))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(250));
    }

    // ---- writing objects

    record Load(String host, double value, @Nullable Integer cores) {}

    static final class Disk {
        final String name = "sda";
        final long bytes = 5L << 40;
        final transient String secret = "hidden";
    }

    enum Colour {
        RED
    }

    @Test
    void javaValuesBecomeJson() {
        assertWritten(null, "null");
        assertWritten(1, "1");
        assertWritten(Long.MIN_VALUE, "-9223372036854775808");
        assertWritten(0.1, "0.1");
        assertWritten(Double.MAX_VALUE, "1.7976931348623157E308");
        assertWritten(-0.0, "-0.0");
        assertWritten(true, "true");
        assertWritten("a\"b", "\"a\\\"b\"");
        assertWritten('c', "\"c\"");
        assertWritten(Colour.RED, "\"RED\"");
        assertWritten(new int[] {1, 2}, "[1,2]");
        assertWritten(Arrays.asList(1, null, "x"), "[1,null,\"x\"]");
        assertWritten(Map.of("a", Map.of("b", 1)), "{\"a\":{\"b\":1}}");
        assertWritten(new Load("h", 0.5, null), "{\"host\":\"h\",\"value\":0.5,\"cores\":null}");
        assertWritten(new Disk(), "{\"name\":\"sda\",\"bytes\":5497558138880}");
    }

    @Test
    void mapKeepsItsOrderAndItsNulls() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("z", null);
        map.put("a", 1);

        assertWritten(map, "{\"z\":null,\"a\":1}");
    }

    @Test
    void dataIsTakenAsItIs() {
        JsonData data = JsonData.parse("[1]");

        assertThat(JsonData.of(data)).isSameAs(data);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void notANumberIsRefusedWhereverItStands(double value) {
        assertNotWritable(value);
        assertNotWritable((float) value);
        assertNotWritable(List.of(value));
        assertNotWritable(Map.of("a", value));
        assertNotWritable(new Load("h", value, 1));
    }

    @Test
    void objectThatRefersToItselfIsRefused() {
        List<Object> loop = new ArrayList<>();
        loop.add(loop);

        assertNotWritable(loop);
    }

    @Test
    void objectThatIsNestedTooDeepIsRefused() {
        Object nested = List.of();
        for (int i = 0; i < 65; i++) {
            nested = List.of(nested);
        }
        assertNotWritable(nested);
    }

    @Test
    void mapWhoseKeysCollideIsRefused() {
        assertNotWritable(Map.of(1, "number", "1", "text"));
    }

    @Test
    void objectOfAnAnonymousClassIsRefusedRatherThanWrittenAsNull() {
        assertNotWritable(new Object() {
            final int lost = 1;
        });
    }

    static final class Broken extends AbstractList<Integer> {
        @Override
        public Integer get(int index) {
            throw new IllegalStateException("changed underneath");
        }

        @Override
        public int size() {
            return 1;
        }
    }

    @Test
    void objectThatThrowsIsRefusedRatherThanThrownOn() {
        assertNotWritable(Optional.of(1));
        assertNotWritable(new Broken());
    }

    // ---- reading into objects

    @Test
    void readsIntoTheTypeThatIsAskedFor() {
        assertThat(JsonData.parse("1.5").as(Double.class)).isEqualTo(1.5);
        assertThat(JsonData.parse("\"x\"").as(String.class)).isEqualTo("x");
        assertThat(JsonData.parse("null").as(String.class)).isNull();
        assertThat(JsonData.parse("{\"host\":\"h\",\"value\":2,\"other\":1}").as(Load.class))
                .isEqualTo(new Load("h", 2, null));
        assertThat((Object) JsonData.parse("{\"a\":[1]}").as(Map.class)).isEqualTo(Map.of("a", List.of(1.0)));
    }

    record Positive(int value) {
        Positive {
            if (value < 1) {
                throw new IllegalStateException("not positive");
            }
        }
    }

    @Test
    void anotherShapeIsRefused() {
        for (Class<?> type : List.of(Double.class, Load.class, List.class)) {
            assertThatThrownBy(() -> JsonData.parse("\"x\"").as(type))
                    .isInstanceOf(TelemetryException.class)
                    .hasMessageContaining("the data is not a " + type.getSimpleName());
        }
        assertThatThrownBy(() -> JsonData.parse("{\"value\":0}").as(Positive.class))
                .isInstanceOf(TelemetryException.class)
                .hasMessageContaining("the data is not a Positive");
    }

    private static String nested(int depth, String[] brackets) {
        String innermost = brackets[0].equals("[") ? "[]" : "{}";
        return brackets[0].repeat(depth - 1) + innermost + brackets[1].repeat(depth - 1);
    }

    private static void assertWritten(@Nullable Object value, String json) {
        assertThat(JsonData.of(value).text()).isEqualTo(json);
    }

    private static void assertRefused(String text, String message) {
        assertThatThrownBy(() -> JsonData.parse(text))
                .isInstanceOfSatisfying(
                        TelemetryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
                .hasMessageContaining(message);
    }

    private static void assertNotWritable(Object value) {
        assertThatThrownBy(() -> JsonData.of(value))
                .isInstanceOfSatisfying(
                        TelemetryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST));
    }
}
