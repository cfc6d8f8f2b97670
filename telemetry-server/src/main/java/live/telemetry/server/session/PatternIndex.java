package live.telemetry.server.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import live.telemetry.core.Topic;
import live.telemetry.core.TopicPattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds, for a topic, the entries whose pattern matches it: a trie of tokens. Looking costs a step for each token of the
 * topic and each wildcard on the way, however many patterns there are.
 *
 * @param <E> what stands under a pattern
 */
final class PatternIndex<E> {

    private final Branch<E> root = new Branch<>();
    private int size;

    void add(TopicPattern pattern, E entry) {
        Branch<E> branch = root;
        for (String token : pattern.tokens()) {
            branch = branch.children.computeIfAbsent(token, absent -> new Branch<>());
        }
        branch.entries.add(entry);
        size++;
    }

    void remove(TopicPattern pattern, E entry) {
        if (remove(root, pattern.tokens(), 0, entry)) {
            size--;
        }
    }

    /** Every entry whose pattern matches, in no particular order. */
    List<E> matching(Topic topic) {
        List<E> found = new ArrayList<>();
        collect(root, topic.name(), 0, found);
        return found;
    }

    int size() {
        return size;
    }

    private static <E> void collect(Branch<E> branch, String name, int position, List<E> found) {
        if (position > name.length()) {
            found.addAll(branch.entries);
            return;
        }
        int dot = name.indexOf('.', position);
        int end = dot < 0 ? name.length() : dot;
        follow(branch.children.get(name.substring(position, end)), name, end + 1, found);
        follow(branch.children.get("*"), name, end + 1, found);
        follow(branch.children.get(">"), name, name.length() + 1, found);
    }

    private static <E> void follow(@Nullable Branch<E> branch, String name, int position, List<E> found) {
        if (branch != null) {
            collect(branch, name, position, found);
        }
    }

    private static <E> boolean remove(Branch<E> branch, List<String> tokens, int depth, E entry) {
        if (depth == tokens.size()) {
            return branch.entries.remove(entry);
        }
        Branch<E> child = branch.children.get(tokens.get(depth));
        if (child == null || !remove(child, tokens, depth + 1, entry)) {
            return false;
        }
        if (child.entries.isEmpty() && child.children.isEmpty()) {
            branch.children.remove(tokens.get(depth));
        }
        return true;
    }

    private static final class Branch<E> {
        private final Map<String, Branch<E>> children = new HashMap<>(4);
        private final List<E> entries = new ArrayList<>(1);
    }
}
