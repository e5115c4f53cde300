"""Four clients of gRPC, each over one connection, that carry messages as bytes: grpcio and grpclib in this process,
grpc-go and grpc-java in processes of their own, which are told line by line what to call.
"""
import asyncio
import base64
import os
import subprocess
import threading

import grpc
import grpclib.client
import grpclib.config
import grpclib.const
import grpclib.encoding.base
import grpclib.exceptions

SERVICE = "/apache.rocketmq.v2.MessagingService/"


def headers(language):
    return (("x-mq-client-id", f"{language}@transport"), ("x-mq-language", language), ("x-mq-protocol", "v2"))


class Grpcio:
    """The C core, as C++, Python, C# of old and PHP have it."""

    def __init__(self, port):
        self.channel = grpc.insecure_channel(
            f"127.0.0.1:{port}", [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)])
        self.metadata = headers("PYTHON")
        self.losses = 0
        self.was = None
        self.channel.subscribe(self.watch)

    def watch(self, state):
        self.losses += self.was == grpc.ChannelConnectivity.READY
        self.was = state

    def stream(self, rpc, request, timeout=60):
        return self.channel.unary_stream(SERVICE + rpc)(request, metadata=self.metadata, timeout=timeout)

    def unary(self, rpc, request, timeout=30):
        try:
            return 0, [self.channel.unary_unary(SERVICE + rpc)(request, metadata=self.metadata, timeout=timeout)]
        except grpc.RpcError as error:
            return error.code().value[0], []

    def calls(self, rpc, count, parallel, request):
        call = self.channel.unary_unary(SERVICE + rpc)
        room = threading.Semaphore(parallel)
        open_calls = []
        for _ in range(count):
            room.acquire()
            one = call.future(request, metadata=self.metadata, timeout=60)
            one.add_done_callback(lambda _: room.release())
            open_calls.append(one)
        for one in open_calls:
            one.result()
        return len(open_calls)

    def slow(self, rpc, request, between, other, timeout=60):
        messages = []
        stream = iter(self.stream(rpc, request, timeout))
        while True:
            status, _ = self.unary(between, other)
            assert status == 0
            one = next(stream, None)
            if one is None:
                return 0, messages
            messages.append(one)

    def open(self, rpc, request):
        self.spoken = Spoken()
        self.talk = self.channel.stream_stream(SERVICE + rpc)(self.spoken, metadata=self.metadata)
        # The headers come before anything is said.
        self.talk.initial_metadata()
        return self.say(request)

    def say(self, request):
        self.spoken.add(request)
        return 0, [next(self.talk)]

    def hang_up(self):
        self.spoken.add(None)
        for _ in self.talk:
            pass
        return self.talk.code().value[0]

    def expire(self, rpc, seconds, request):
        spoken = Spoken()
        spoken.add(request)
        stream = self.channel.stream_stream(SERVICE + rpc)(spoken, metadata=self.metadata, timeout=seconds)
        messages = []
        try:
            for message in stream:
                messages.append(message)
        except grpc.RpcError:
            pass
        spoken.add(None)
        return stream.code().value[0], messages

    def cancel(self, rpc, request):
        stream = self.stream(rpc, request)
        stream.initial_metadata()
        stream.cancel()
        return stream.code().value[0]

    def lost(self):
        return self.losses

    def close(self):
        self.channel.close()


class Spoken:
    """What is said on a stream, as grpcio takes it: an iterator that waits."""

    def __init__(self):
        self.words = []
        self.condition = threading.Condition()

    def add(self, word):
        with self.condition:
            self.words.append(word)
            self.condition.notify()

    def __iter__(self):
        return self

    def __next__(self):
        with self.condition:
            self.condition.wait_for(lambda: self.words)
            word = self.words.pop(0)
        if word is None:
            raise StopIteration
        return word


class Plain(grpclib.encoding.base.CodecBase):
    __content_subtype__ = "proto"

    def encode(self, message, message_type):
        return message

    def decode(self, data, message_type):
        return data


class Grpclib:
    """Written in Python, on a library for HTTP/2 that shares nothing with the others."""

    def __init__(self, port):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.port = port
        self.metadata = headers("PYTHON")
        self.run(self.connect())

    async def connect(self):
        # By itself a connection has room for one message of 4 MiB, and other calls have to wait until it is read.
        room = grpclib.config.Configuration(http2_connection_window_size=8 << 20)
        self.channel = grpclib.client.Channel("127.0.0.1", self.port, codec=Plain(), config=room)
        self.first = await self.channel.__connect__()

    def run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def request(self, rpc, cardinality, timeout=None):
        return self.channel.request(
            SERVICE + rpc, cardinality, None, None, timeout=timeout, metadata=self.metadata)

    async def unary_now(self, rpc, request, timeout=30):
        try:
            async with self.request(rpc, grpclib.const.Cardinality.UNARY_UNARY, timeout) as stream:
                await stream.send_message(request, end=True)
                return 0, [await stream.recv_message()]
        except grpclib.exceptions.GRPCError as error:
            return error.status.value, []
        except asyncio.TimeoutError:
            return 4, []
        except grpclib.exceptions.StreamTerminatedError:
            # It does not look at an answer that came while it was still sending.
            return "early", []

    def unary(self, rpc, request, timeout=30):
        return self.run(self.unary_now(rpc, request, timeout))

    def calls(self, rpc, count, parallel, request):
        async def some(share):
            for _ in range(share):
                status, _ = await self.unary_now(rpc, request)
                assert status == 0, status
            return share

        async def every():
            return sum(await asyncio.gather(*[some(count // parallel) for _ in range(parallel)]))

        return self.run(every())

    def slow(self, rpc, request, between, other, timeout=60):
        async def read():
            messages = []
            async with self.request(rpc, grpclib.const.Cardinality.UNARY_STREAM, timeout) as stream:
                await stream.send_message(request, end=True)
                while True:
                    status, _ = await self.unary_now(between, other)
                    assert status == 0
                    message = await stream.recv_message()
                    if message is None:
                        return 0, messages
                    messages.append(message)

        return self.run(read())

    def open(self, rpc, request):
        async def begin():
            self.talk = self.request(rpc, grpclib.const.Cardinality.STREAM_STREAM)
            await self.talk.__aenter__()
            await self.talk.send_request()
            # The headers come before anything is said.
            await self.talk.recv_initial_metadata()

        self.run(begin())
        return self.say(request)

    def say(self, request):
        async def talk():
            await self.talk.send_message(request)
            return 0, [await self.talk.recv_message()]

        return self.run(talk())

    def hang_up(self):
        async def end():
            await self.talk.end()
            while await self.talk.recv_message() is not None:
                pass
            await self.talk.recv_trailing_metadata()
            await self.talk.__aexit__(None, None, None)
            return 0

        return self.run(end())

    def expire(self, rpc, seconds, request):
        async def wait():
            messages = []
            try:
                async with self.request(rpc, grpclib.const.Cardinality.STREAM_STREAM, seconds) as stream:
                    await stream.send_message(request)
                    while (message := await stream.recv_message()) is not None:
                        messages.append(message)
            except asyncio.TimeoutError:
                return 4, messages
            except grpclib.exceptions.GRPCError as error:
                return error.status.value, messages
            return 0, messages

        return self.run(wait())

    def cancel(self, rpc, request):
        async def leave():
            async with self.request(rpc, grpclib.const.Cardinality.UNARY_STREAM) as stream:
                await stream.send_message(request, end=True)
                await stream.recv_initial_metadata()
                await stream.cancel()
            return 1

        return self.run(leave())

    def lost(self):
        async def same():
            return await self.channel.__connect__() is self.first

        return 0 if self.run(same()) else 1

    def close(self):
        async def end():
            self.channel.close()

        self.run(end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()


class Spawned:
    """A peer in a process of its own."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        line = " ".join(
            "=" + base64.b64encode(word).decode() if isinstance(word, bytes) else str(word) for word in words)
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, f"the peer is gone: {words[0]}"
        status, *rest = answer.split()
        return int(status), rest

    def asked(self, *words):
        status, rest = self.ask(*words)
        return status, [base64.b64decode(word[1:]) for word in rest]

    def unary(self, rpc, request, timeout=30):
        status, messages = self.asked("unary", rpc, int(timeout * 1_000), request)
        return status, messages if status == 0 else []

    def calls(self, rpc, count, parallel, request):
        status, rest = self.ask("calls", rpc, count, parallel, request)
        assert status == 0, " ".join(rest)
        return int(rest[0])

    def slow(self, rpc, request, between, other, timeout=60):
        return self.asked("slow", rpc, int(timeout * 1_000), request, between, other)

    def open(self, rpc, request):
        return self.asked("open", rpc, request)

    def say(self, request):
        return self.asked("say", request)

    def hang_up(self):
        return self.ask("hang-up")[0]

    def expire(self, rpc, seconds, request):
        return self.asked("expire", rpc, int(seconds * 1_000), request)

    def cancel(self, rpc, request):
        return self.ask("cancel", rpc, request)[0]

    def lost(self):
        return int(self.ask("lost")[1][0])

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=30)


class GrpcGo(Spawned):
    """Debian's, which sends a ping for each piece of data that it measures the bandwidth by."""

    def __init__(self, port):
        super().__init__(os.environ["GO_PEER"], str(port))


class GrpcJava(Spawned):
    """Debian's, over Netty, with pings of its own every ten seconds."""

    def __init__(self, port):
        super().__init__("java", "-cp", os.environ["JAVA_PEER"], "Peer", str(port))
