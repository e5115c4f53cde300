import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillEngine
import WaybillHTTP
import WaybillTimeouts

/// The connection of a stream, in time that the test turns.
@Suite struct `A stream's connection` {
    private let channel = EmbeddedChannel()
    private let book: OrderBook
    private let stream: EventStream
    private let pulse: StreamPulse

    init() async throws {
        let noon = Moment(milliseconds: 1_764_000_000_000)
        book = try OrderBook.inMemory(workflows: [], world: .virtual(VirtualClock(start: noon)))
        let api = API(try Served(ServedBook(book), tokens: TokenTable([])))
        let head = API.Head(method: "GET", target: "/v1/events/stream", headers: CallHeaders(), principal: .owner)
        let reply = await api.answer(try api.admit(head, requestID: "r"), body: [])
        stream = try #require(reply.stream)
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "none"), promise: nil)
        pulse = StreamPulse(stream, channel)
        pulse.begin()
        _ = await stream.next()
    }

    private func pass(_ seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }

    /// Writes bytes that the client has not taken yet.
    private func offer(_ count: Int) {
        channel.pipeline.write(pulse.counted(ByteBuffer(repeating: 0x20, count: count)), promise: nil)
    }

    @Test func `is kept while nothing is to be written, with a comment every fifteen seconds`() async {
        for _ in 1...20 {
            pass(10)
            #expect(!pulse.wantsComment)
            pass(5)
            #expect(pulse.wantsComment)
            #expect(await stream.next() == [])
            offer(3)
            channel.flush()
        }
        #expect(channel.isActive)
    }

    @Test func `ends when the client takes nothing for thirty seconds, though more is written now and then`() {
        offer(1_000)
        for _ in 1...4 {
            pass(5)
            offer(100)
            #expect(channel.isActive)
        }
        pass(15)
        #expect(!channel.isActive)
    }

    @Test func `is kept when the client takes its bytes, however slowly`() {
        for _ in 1...20 {
            offer(1_000)
            pass(25)
            #expect(channel.isActive)
            channel.flush()
        }
        #expect(channel.isActive)
    }

    @Test func `ends when its stream is to end and its last item is not taken`() {
        offer(1_000)
        stream.end(.stopping)
        pass(5)
        #expect(channel.isActive)
        pass(5)
        #expect(!channel.isActive)
    }
}
