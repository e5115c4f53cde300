import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A peer that carries messages as bytes over grpc-java: the tests tell it on its input what to call, a line each, and
 * it answers with a line: the status of gRPC, and the messages that came, in base64.
 */
public class Peer {
    private static final class Plain implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException error) {
                throw new IllegalStateException(error);
            }
        }
    }

    /** A call and what came of it: headers, messages, and its status at the end. */
    private static class Open extends ClientCall.Listener<byte[]> {
        private static final byte[] END = new byte[0];

        final ClientCall<byte[], byte[]> call;
        final CountDownLatch headers = new CountDownLatch(1);
        final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
        volatile Status status;

        Open(String rpc, MethodDescriptor.MethodType type, CallOptions options) {
            call = channel.newCall(
                    MethodDescriptor.<byte[], byte[]>newBuilder(new Plain(), new Plain())
                            .setType(type)
                            .setFullMethodName("apache.rocketmq.v2.MessagingService/" + rpc)
                            .build(),
                    options);
            Metadata sent = new Metadata();
            sent.put(key("x-mq-client-id"), "java@transport");
            sent.put(key("x-mq-language"), "JAVA");
            sent.put(key("x-mq-protocol"), "v2");
            call.start(this, sent);
        }

        @Override
        public void onHeaders(Metadata ignored) {
            headers.countDown();
        }

        @Override
        public void onMessage(byte[] message) {
            messages.add(message);
        }

        @Override
        public void onClose(Status end, Metadata trailers) {
            status = end;
            headers.countDown();
            messages.add(END);
        }

        /** The next message; null: there is none any more. */
        byte[] next() throws InterruptedException {
            call.request(1);
            byte[] message = messages.poll(60, TimeUnit.SECONDS);
            if (message == null) {
                throw new IllegalStateException("nothing came for a minute");
            }
            if (message == END) {
                messages.add(END);
                return null;
            }
            return message;
        }

        void ask(byte[] request) {
            call.sendMessage(request);
            call.halfClose();
        }
    }

    private static ManagedChannel channel;
    private static Open talk;
    private static final AtomicInteger lost = new AtomicInteger();

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static String said(Status status, List<byte[]> messages) {
        StringBuilder line = new StringBuilder().append(status.getCode().value());
        for (byte[] message : messages) {
            line.append(" =").append(Base64.getEncoder().encodeToString(message));
        }
        return line.toString();
    }

    private static String all(Open open) throws InterruptedException {
        List<byte[]> messages = new ArrayList<>();
        for (byte[] message = open.next(); message != null; message = open.next()) {
            messages.add(message);
        }
        return said(open.status, messages);
    }

    private static Open unary(String rpc, byte[] request, CallOptions options) {
        Open open = new Open(rpc, MethodDescriptor.MethodType.UNARY, options);
        open.ask(request);
        return open;
    }

    /** Makes so many calls, so many at a time; says the first fault, or how many were answered. */
    private static String calls(String rpc, int count, int parallel, byte[] request) throws InterruptedException {
        Semaphore room = new Semaphore(parallel);
        AtomicInteger answered = new AtomicInteger();
        AtomicReference<Status> first = new AtomicReference<>();
        for (int number = 0; number < count; number++) {
            room.acquire();
            Open open = new Open(rpc, MethodDescriptor.MethodType.UNARY, CallOptions.DEFAULT) {
                @Override
                public void onClose(Status end, Metadata trailers) {
                    if (end.isOk()) {
                        answered.incrementAndGet();
                    } else {
                        first.compareAndSet(null, end);
                    }
                    room.release();
                }
            };
            open.call.request(2);
            open.ask(request);
        }
        room.acquire(parallel);
        return first.get() == null ? "0 " + answered : "13 " + first.get().toString().replace('\n', ' ');
    }

    /** Reads a stream slowly: between two messages another call of the connection comes and goes. */
    private static String slow(String rpc, CallOptions within, byte[] request, String between, byte[] other)
            throws InterruptedException {
        Open stream = new Open(rpc, MethodDescriptor.MethodType.SERVER_STREAMING, within);
        stream.ask(request);
        List<byte[]> messages = new ArrayList<>();
        while (true) {
            Open one = unary(between, other, CallOptions.DEFAULT);
            all(one);
            if (!one.status.isOk()) {
                return said(one.status, messages);
            }
            byte[] message = stream.next();
            if (message == null) {
                return said(stream.status, messages);
            }
            messages.add(message);
        }
    }

    private static String open(String rpc, byte[] request) throws InterruptedException {
        talk = new Open(rpc, MethodDescriptor.MethodType.BIDI_STREAMING, CallOptions.DEFAULT);
        talk.call.request(1);
        // The headers come before anything is said.
        if (!talk.headers.await(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("no headers came");
        }
        return say(request);
    }

    private static String say(byte[] request) throws InterruptedException {
        talk.call.sendMessage(request);
        byte[] answer = talk.next();
        return answer == null ? said(talk.status, List.of()) : said(Status.OK, List.of(answer));
    }

    /** A stream both ways that neither side ends: its time does. */
    private static String expired(String rpc, CallOptions within, byte[] request) throws InterruptedException {
        Open stream = new Open(rpc, MethodDescriptor.MethodType.BIDI_STREAMING, within);
        stream.call.sendMessage(request);
        return all(stream);
    }

    private static String cancelled(String rpc, byte[] request) throws InterruptedException {
        Open stream = new Open(rpc, MethodDescriptor.MethodType.SERVER_STREAMING, CallOptions.DEFAULT);
        stream.ask(request);
        stream.headers.await(30, TimeUnit.SECONDS);
        stream.call.cancel("given up", null);
        return all(stream);
    }

    private static String carryOut(String[] words) throws InterruptedException {
        switch (words[0]) {
            case "unary":
                return all(unary(words[1], bytes(words[3]), within(words[2])));
            case "calls":
                return calls(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]), bytes(words[4]));
            case "slow":
                return slow(words[1], within(words[2]), bytes(words[3]), words[4], bytes(words[5]));
            case "open":
                return open(words[1], bytes(words[2]));
            case "expire":
                return expired(words[1], within(words[2]), bytes(words[3]));
            case "say":
                return say(bytes(words[1]));
            case "hang-up":
                talk.call.halfClose();
                return all(talk);
            case "cancel":
                return cancelled(words[1], bytes(words[2]));
            case "lost":
                return "0 " + lost;
            default:
                return "12";
        }
    }

    private static CallOptions within(String milliseconds) {
        return CallOptions.DEFAULT.withDeadlineAfter(Long.parseLong(milliseconds), TimeUnit.MILLISECONDS);
    }

    private static byte[] bytes(String text) {
        return Base64.getDecoder().decode(text.substring(1));
    }

    /** Counts how often the connection, once there, is there no more. */
    private static void watch(ConnectivityState was) {
        channel.notifyWhenStateChanged(was, () -> {
            ConnectivityState is = channel.getState(false);
            if (was == ConnectivityState.READY) {
                lost.incrementAndGet();
            }
            watch(is);
        });
    }

    public static void main(String[] arguments) throws Exception {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", Integer.parseInt(arguments[0]))
                .usePlaintext()
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .build();
        watch(channel.getState(true));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(carryOut(line.split(" ")));
        }
        System.exit(0);
    }
}
