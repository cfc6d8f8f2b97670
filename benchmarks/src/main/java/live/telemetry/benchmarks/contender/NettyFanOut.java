package live.telemetry.benchmarks.contender;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Netty 4.1, on epoll where it can: a channel group, to which each record is written and flushed. */
public final class NettyFanOut implements FanOutServer {

    private static final int BACKLOG = 1_024;
    private static final int MAX_REQUEST_BYTES = 64 << 10;

    private final Envelopes envelopes = new Envelopes();
    private final ChannelGroup subscribers = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final EventLoopGroup acceptor = group(1);
    private final EventLoopGroup workers = group(Runtime.getRuntime().availableProcessors());
    private final Channel listening;

    private NettyFanOut() {
        listening = new ServerBootstrap()
                .group(acceptor, workers)
                .channel(Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpObjectAggregator(MAX_REQUEST_BYTES))
                                .addLast(new WebSocketServerProtocolHandler("/telemetry"))
                                .addLast(new Subscriber());
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    private static EventLoopGroup group(int threads) {
        return Epoll.isAvailable() ? new EpollEventLoopGroup(threads) : new NioEventLoopGroup(threads);
    }

    /**
     * Serves until standard input ends.
     *
     * @param args none
     * @throws Exception if it cannot
     */
    public static void main(String[] args) throws Exception {
        ServerProcess.serve(new NettyFanOut());
    }

    @Override
    public int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    @Override
    public CompletionStage<?> publish(String topic, @Nullable String key, String data) {
        subscribers.writeAndFlush(new TextWebSocketFrame(envelopes.next(topic, key, data)));
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void close() {
        acceptor.shutdownGracefully();
        workers.shutdownGracefully();
    }

    private final class Subscriber extends SimpleChannelInboundHandler<WebSocketFrame> {
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
            if (event instanceof HandshakeComplete) {
                subscribers.add(context.channel());
            }
            super.userEventTriggered(context, event);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
            // Nothing that a subscriber says matters here.
        }
    }
}
