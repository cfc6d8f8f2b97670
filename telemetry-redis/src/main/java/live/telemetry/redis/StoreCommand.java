package live.telemetry.redis;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;

/**
 * A command for Redis. Confined to one thread at a time, like its arguments.
 *
 * @param arguments the command
 * @param script what has to be loaded if Redis does not know it; null if this is no script call
 * @param asking whether a node sent it to this one, to which it is moving the slot
 */
record StoreCommand(CommandArguments arguments, @Nullable LuaScript script, boolean asking) {

    static final StoreCommand ASKING = of(Command.ASKING);

    static StoreCommand of(Command command, String... arguments) {
        CommandArguments all = new CommandArguments(command);
        for (String argument : arguments) {
            all.add(argument);
        }
        return new StoreCommand(all, null, false);
    }

    /** Arguments are strings or bytes. */
    static StoreCommand call(LuaScript script, List<String> keys, List<Object> arguments) {
        CommandArguments all = new CommandArguments(Command.EVALSHA);
        all.add(script.digest());
        all.add(keys.size());
        keys.forEach(all::add);
        for (Object argument : arguments) {
            if (argument instanceof byte[] bytes) {
                all.add(bytes);
            } else {
                all.add(argument.toString());
            }
        }
        return new StoreCommand(all, script, false);
    }

    /** The same, for the node to which the slot is being moved. */
    StoreCommand withAsking() {
        return new StoreCommand(arguments, script, true);
    }

    /** A list for keys or arguments, to be filled. */
    static <T> List<T> list(T first) {
        List<T> list = new ArrayList<>();
        list.add(first);
        return list;
    }
}
