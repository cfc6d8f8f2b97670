package live.telemetry.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import live.telemetry.core.ErrorCode;
import live.telemetry.core.TelemetryException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFieldsTest {

    @ParameterizedTest
    @CsvSource({"0,0", "-0,0", "1.0,1", "12e2,1200", "9007199254740991,9007199254740991", "10e-1,1"})
    void wholeNumberIsReadInAnyNotation(String text, long value) {
        assertThat(fields(text).requiredWholeNumber("n")).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "0.5",
                "9007199254740992",
                "9223372036854775808",
                "1e300",
                "1e-300",
                "1e-99999999999",
                "0e99999999999",
                "100000000000000000000000000000000000000",
                "\"1\"",
                "true",
                "[]",
                "{}"
            })
    void whatIsNoWholeNumberWithinBoundsIsRefusedWithItsName(String text) {
        assertBadRequest(() -> fields(text).wholeNumber("n"), "\"n\"");
    }

    @Test
    void nullCountsAsAbsentExceptWhereItIsData() {
        JsonFields fields = fields("null");

        assertThat(fields.has("n")).isFalse();
        assertThat(fields.string("n")).isEmpty();
        assertThat(fields.wholeNumber("n")).isEmpty();
        assertThat(fields.decimal("n")).isEmpty();
        assertThat(fields.bool("n")).isEmpty();
        assertThat(fields.objects("n")).isEmpty();
        assertThat(fields.requiredData("n").text()).isEqualTo("null");
        assertBadRequest(() -> fields.requiredString("n"), "\"n\" is missing");
        assertBadRequest(() -> fields.requiredData("m"), "\"m\" is missing");
    }

    @Test
    void fieldOfAnotherTypeIsRefusedWithItsName() {
        JsonFields fields = fields("[1]");

        assertBadRequest(() -> fields.string("n"), "\"n\" must be a string");
        assertBadRequest(() -> fields.decimal("n"), "\"n\" must be a number");
        assertBadRequest(() -> fields.bool("n"), "\"n\" must be true or false");
        assertBadRequest(() -> fields.objects("n"), "\"n\" must have only objects");
        assertBadRequest(() -> fields.requiredObjectOfObjects("n"), "\"n\" must be an object");
        assertBadRequest(() -> fields("1").objects("n"), "\"n\" must be an array");
        assertBadRequest(() -> fields("{\"a\":1}").requiredObjectOfObjects("n"), "\"n\" must have only objects");
    }

    @Test
    void objectsAreReadInTheirOrder() {
        assertThat(fields("[{\"a\":1},{\"a\":2}]").objects("n"))
                .extracting(f -> f.requiredWholeNumber("a"))
                .containsExactly(1L, 2L);
        assertThat(fields("{\"z\":{},\"a\":{}}").requiredObjectOfObjects("n")).containsOnlyKeys("z", "a");
    }

    @Test
    void oneObjectOrAnArrayOfThem() {
        assertThat(JsonFields.parseOneOrMany("{\"a\":1}")).hasSize(1);
        assertThat(JsonFields.parseOneOrMany("[{},{}]")).hasSize(2);
        assertThat(JsonFields.parseOneOrMany("[]")).isEmpty();
        for (String text : new String[] {"1", "null", "[1]", "[[{}]]", ""}) {
            assertBadRequest(() -> JsonFields.parseOneOrMany(text), "");
        }
    }

    @Test
    void dataOfAFieldIsAsStrictAsDataAlone() {
        String deepest = "[".repeat(64) + "]".repeat(64);

        assertThat(fields(deepest).requiredData("n")).isEqualTo(JsonData.parse(deepest));
        assertThat(fields("1.50e1").requiredData("n")).isEqualTo(JsonData.parse("1.50e1"));
        assertBadRequest(() -> fields("[" + deepest + "]").requiredData("n"), "deeper than 64 levels");
        for (String text :
                new String[] {"1e999", "1".repeat(65), "{\"a\":1,\"a\":1}", "NaN", "[".repeat(70) + "]".repeat(70)}) {
            assertBadRequest(() -> fields(text), "not valid JSON");
            assertBadRequest(() -> JsonData.parse(text), "not valid JSON");
        }
    }

    private static JsonFields fields(String n) {
        return JsonFields.parse("{\"n\":" + n + "}");
    }

    private static void assertBadRequest(ThrowingCallable step, String message) {
        assertThatThrownBy(step)
                .isInstanceOfSatisfying(
                        TelemetryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
                .hasMessageContaining(message);
    }
}
