package live.telemetry.server.session;

import org.jspecify.annotations.Nullable;

/**
 * The cursors of a session that may have something to write, first come first served. Linked through the cursors, so that
 * marking one allocates nothing.
 */
final class DirtyCursors {

    private @Nullable TopicCursor first;
    private @Nullable TopicCursor last;
    private int size;

    boolean isEmpty() {
        return first == null;
    }

    /** Puts a cursor at the end; false if it stands in the list already. */
    boolean add(TopicCursor cursor) {
        if (cursor.dirty) {
            return false;
        }
        cursor.dirty = true;
        cursor.nextDirty = null;
        if (last == null) {
            first = cursor;
        } else {
            last.nextDirty = cursor;
        }
        last = cursor;
        size++;
        return true;
    }

    /** Lets each cursor add what it has, until the batch is full; who has more stands at the end again. */
    void fill(WriteBatch batch) {
        for (int left = size; left > 0 && batch.hasRoom(); left--) {
            TopicCursor cursor = take();
            if (cursor != null && cursor.fill(batch)) {
                add(cursor);
            }
        }
    }

    /** Puts the first so many at the end. */
    void rotate(int count) {
        for (int left = Math.min(count, size); left > 0; left--) {
            TopicCursor cursor = take();
            if (cursor != null) {
                add(cursor);
            }
        }
    }

    private @Nullable TopicCursor take() {
        TopicCursor cursor = first;
        if (cursor == null) {
            return null;
        }
        first = cursor.nextDirty;
        if (first == null) {
            last = null;
        }
        cursor.nextDirty = null;
        cursor.dirty = false;
        size--;
        return cursor;
    }
}
