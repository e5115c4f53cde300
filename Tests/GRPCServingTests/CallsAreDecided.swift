import GRPCServing
import NIOCore
import Testing

/// The life of a call as a table: each kind of call, what happens to it, what is done.
@Suite(.timeLimit(.minutes(1))) struct `A call` {
    private let one = ByteBuffer(string: "one")
    private let two = ByteBuffer(string: "two")

    /// What a machine does when these things happen to it, one after the other.
    private func actions(
        of kind: CallMachine.Kind, _ events: [CallMachine.Event]
    ) -> [[CallMachine.Action]] {
        var machine = CallMachine(kind)
        return [machine.begin()] + events.map { machine.on($0) }
    }

    private func refused(_ message: String, alone: Bool = true) -> CallMachine.Action {
        .writeEnd(RPCStatus(.internal, message), alone: alone)
    }

    @Test func `of one message each way is handed over when its request has ended, and ends with its answer`() {
        let steps = actions(of: .unary, [.message(one), .halfClosed(withinMessage: false), .answer(two)])
        #expect(steps == [[], [], [.hand(one)], [.writeHeaders, .write(two), .writeEnd(.ok, alone: false)]])
    }

    @Test func `that is answered before its request has ended stops its client`() {
        let steps = actions(of: .unary, [.answer(two)])
        #expect(steps == [[], [.writeHeaders, .write(two), .writeEnd(.ok, alone: false), .stopClient]])
    }

    @Test func `with many answers has its headers at once`() {
        let steps = actions(
            of: .serverStream,
            [.message(one), .halfClosed(withinMessage: false), .answer(one), .answer(two), .end(.ok)])
        #expect(
            steps == [
                [], [], [.writeHeaders, .hand(one)], [.write(one)], [.write(two)], [.writeEnd(.ok, alone: false)],
            ])
    }

    @Test func `both ways begins with its headers, hears each message and the end`() {
        let steps = actions(
            of: .bothWays, [.message(one), .answer(two), .message(two), .halfClosed(withinMessage: false), .end(.ok)])
        #expect(
            steps == [
                [.writeHeaders, .begin], [.hand(one)], [.write(two)], [.hand(two)], [.handEnd],
                [.writeEnd(.ok, alone: false)],
            ])
    }

    @Test func `with a second message, none or half of one is refused`() {
        let second = actions(of: .unary, [.message(one), .message(two)])
        #expect(second.last == [refused("the call takes one message, and a second one came"), .stopClient])
        let none = actions(of: .unary, [.halfClosed(withinMessage: false)])
        #expect(none.last == [refused("the request ended without a message")])
        let half = actions(of: .unary, [.halfClosed(withinMessage: true)])
        #expect(half.last == [refused("the request ended within a message")])
        let stream = actions(of: .bothWays, [.halfClosed(withinMessage: true)])
        #expect(stream.last == [.tellLost, refused("the request ended within a message", alone: false)])
    }

    @Test func `whose bytes cannot be read ends, and tells who serves it, if that has it`() {
        let status = RPCStatus(.internal, "2 is no flag of a message")
        for kind in [CallMachine.Kind.unary, .serverStream] {
            for before in [[], [CallMachine.Event.message(one)]] {
                let steps = actions(of: kind, before + [.fault(status)])
                #expect(steps.last == [.writeEnd(status, alone: true), .stopClient])
            }
        }
        #expect(
            actions(of: .bothWays, [.fault(status)]).last == [.tellLost, .writeEnd(status, alone: false), .stopClient])
        // Its client has said that it sends no more, and is not asked to.
        let ended = actions(of: .bothWays, [.halfClosed(withinMessage: false), .fault(status)])
        #expect(ended.last == [.tellLost, .writeEnd(status, alone: false)])
        let working = actions(of: .unary, [.message(one), .halfClosed(withinMessage: false), .fault(status)])
        #expect(working.last == [.tellLost, .writeEnd(status, alone: true)])
    }

    @Test func `whose client is gone tells who serves it, if that has it`() {
        #expect(actions(of: .unary, [.message(one), .lost]).last == [])
        #expect(
            actions(of: .unary, [.message(one), .halfClosed(withinMessage: false), .lost, .answer(two)]).suffix(2)
                == [[.tellLost], []])
        #expect(actions(of: .bothWays, [.lost]).last == [.tellLost])
    }

    @Test func `that has ended takes nothing any more`() {
        let late: [CallMachine.Event] = [
            .message(one), .fault(RPCStatus(.internal)), .halfClosed(withinMessage: false), .lost, .answer(two),
            .end(.ok),
        ]
        for event in late { #expect(actions(of: .bothWays, [.end(.ok), event]).last == []) }
    }
}

/// Bytes of a call become messages, however they are cut.
@Suite(.timeLimit(.minutes(1))) struct `The bytes of a call` {
    private func framed(_ text: String) -> ByteBuffer { MessageFraming.framed(ByteBuffer(string: text)) }

    @Test func `are the same messages in one piece and byte by byte`() throws {
        var bytes = framed("one")
        bytes.writeImmutableBuffer(framed(""))
        bytes.writeImmutableBuffer(framed(String(repeating: "x", count: 70_000)))
        for size in [1, 2, 7, 4_096, bytes.readableBytes] {
            var framing = MessageFraming(messageBytesMax: 1 << 20)
            var left = bytes
            var messages: [String] = []
            while left.readableBytes > 0 {
                let piece = left.readSlice(length: min(size, left.readableBytes))
                framing.add(try #require(piece))
                while let message = try framing.next() { messages.append(String(buffer: message)) }
            }
            #expect(messages == ["one", "", String(repeating: "x", count: 70_000)], "in pieces of \(size)")
            #expect(framing.isBetweenMessages)
        }
    }

    @Test func `are refused from their prefix when the message is too large, compressed or none`() {
        func fault(_ prefix: [UInt8]) -> MessageFraming.Fault? {
            var framing = MessageFraming(messageBytesMax: 1_000)
            framing.add(ByteBuffer(bytes: prefix))
            do throws(MessageFraming.Fault) {
                _ = try framing.next()
                return nil
            } catch {
                // What comes after it is dropped.
                framing.add(ByteBuffer(string: "more"))
                return framing.isBetweenMessages ? error : nil
            }
        }
        #expect(fault([0, 0, 0, 3, 0xE8]) == nil)
        #expect(fault([0, 0, 0, 3, 0xE9]) == .tooLarge(1_001))
        #expect(fault([0, 255, 255, 255, 255]) == .tooLarge(4_294_967_295))
        #expect(fault([1, 0, 0, 0, 1]) == .compressed)
        #expect(fault([2, 0, 0, 0, 1]) == .badFlag(2))
    }

    @Test func `that end within a message are told apart from those that end behind one`() throws {
        var framing = MessageFraming(messageBytesMax: 1_000)
        var bytes = framed("one")
        let beginning = bytes.readSlice(length: 6)
        framing.add(try #require(beginning))
        let none = try framing.next()
        #expect(none == nil)
        #expect(!framing.isBetweenMessages)
        framing.add(bytes)
        let one = try framing.next()
        #expect(one == ByteBuffer(string: "one"))
        #expect(framing.isBetweenMessages)
    }
}

/// How long a client waits, as its header says.
@Suite(.timeLimit(.minutes(1))) struct `A timeout of a call` {
    @Test(arguments: [
        ("1H", 3_600_000), ("2M", 120_000), ("3S", 3_000), ("250m", 250), ("1500u", 1), ("99999999n", 99), ("999u", 0),
        ("0S", 0),
    ])
    func `is read in each unit`(_ text: String, _ milliseconds: Int64) {
        #expect(CallTimeout(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: ["", "S", "10", "10s", "1.5S", "-1S", "123456789S", " 1S", "1S ", "\u{0661}S", "1é"])
    func `is malformed in any other form`(_ text: String) {
        #expect(CallTimeout(text) == .malformed)
    }

    @Test func `counts as none when there is none, or it is longer than a day`() {
        #expect(CallTimeout(nil) == .none)
        #expect(CallTimeout("24H") == .milliseconds(86_400_000))
        #expect(CallTimeout("25H") == .none)
        #expect(CallTimeout("99999999H") == .none)
    }
}

/// The words of a status, as a header may carry them.
@Suite(.timeLimit(.minutes(1))) struct `A message of a status` {
    @Test func `is escaped where it is no plain text`() {
        #expect(RPCStatus(.internal, "100 % für\n").escapedMessage == "100 %25 f%C3%BCr%0A")
    }
}
