package live.telemetry.browsertests;

import java.util.List;

/**
 * What a subscription of the page was told; see {@code page.js}, which keeps it.
 *
 * @param first the number of the first record
 * @param last the number of the last record, or where the last gap ended
 * @param records how many records
 * @param lost how many were named in gaps
 * @param faults records that came twice, out of order, or with the data of another
 * @param gaps what was named as gone
 */
record Account(long first, long last, long records, long lost, List<String> faults, List<Gap> gaps) {

    /** One gap, as {@code docs/PROTOCOL.md} has it. */
    record Gap(String epoch, long from, long to, long next, String reason) {}
}
