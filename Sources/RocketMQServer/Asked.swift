import Foundation
import GRPCServing
import NIOCore
import RocketMQProto
import SwiftProtobuf
import WaybillAccess
import WaybillCore

/// What a client asks, and who it is.
struct Asked<Question: Sendable>: Sendable {
    let question: Question
    let caller: Caller
    let call: Call

    /// Until which uptime it may begin; nil: its client waits as long as it takes.
    func end(after uptime: Interval) -> Interval? {
        guard case .milliseconds(let time) = call.head.timeout else { return nil }
        return uptime + Interval(milliseconds: time)
    }
}

/// Who asks.
struct Caller: Sendable {
    let principal: Principal
    /// The name that the client gives itself.
    let client: Text
    let language: String
    let version: String

    /// The clients of different callers are different, whatever their names.
    var key: ClientKey { ClientKey(principal: principal.name, client: client) }
}

/// Why a question is answered with no, in the words of the protocol.
struct Refused: Error, Hashable, Sendable {
    var code: MQCode
    var message: String
    /// Whether nothing can be asked any more, so that clients look for another server.
    var isUnavailable = false

    init(_ code: MQCode, _ message: String) {
        self.code = code
        self.message = message
    }

    var status: MQStatus {
        var status = MQStatus()
        status.code = code
        status.message = message
        return status
    }
}

extension MQStatus {
    static let ok: MQStatus = {
        var status = MQStatus()
        status.code = .ok
        status.message = "OK"
        return status
    }()
}

/// An answer with a status, as all have that are one message.
protocol StatusAnswer: SwiftProtobuf.Message, Sendable {
    var status: MQStatus { get set }
}

extension MQQueryRouteResponse: StatusAnswer {}
extension MQSendMessageResponse: StatusAnswer {}
extension MQQueryAssignmentResponse: StatusAnswer {}
extension MQAckMessageResponse: StatusAnswer {}
extension MQForwardMessageToDeadLetterQueueResponse: StatusAnswer {}
extension MQHeartbeatResponse: StatusAnswer {}
extension MQEndTransactionResponse: StatusAnswer {}
extension MQNotifyClientTerminationResponse: StatusAnswer {}
extension MQChangeInvisibleDurationResponse: StatusAnswer {}
extension MQRecallMessageResponse: StatusAnswer {}
extension MQStatusOnly: StatusAnswer {}

extension Result where Success: StatusAnswer, Failure == Refused {
    /// The code that it says.
    fileprivate var code: MQCode {
        switch self {
        case .success(let answer): answer.status.code
        case .failure(let refused): refused.code
        }
    }
}

extension StatusAnswer {
    init(_ status: MQStatus) {
        self.init()
        self.status = status
    }
}

extension SwiftProtobuf.Message {
    /// As it goes over the wire; nil: it cannot be written, which none of ours is.
    var wire: ByteBuffer? {
        do {
            let bytes: [UInt8] = try serializedBytes()
            return ByteBuffer(bytes: bytes)
        } catch {
            return nil
        }
    }

    /// Reads one that came in.
    init(wire buffer: ByteBuffer) throws {
        try self.init(serializedBytes: Array(buffer.readableBytesView))
    }
}

extension Call {
    /// Answers with one message.
    ///
    /// - Parameter written: told whether all of it was given to the client's connection.
    func answer(_ message: some SwiftProtobuf.Message, written: (@Sendable (Bool) -> Void)? = nil) {
        guard let bytes = message.wire else {
            end(RPCStatus(.internal, "the answer cannot be written"))
            written?(false)
            return
        }
        answer(bytes, written: written)
    }

    /// Answers that it is refused.
    func refuse(_ refused: Refused, with answer: some StatusAnswer) {
        guard !refused.isUnavailable else { return end(RPCStatus(.unavailable, refused.message)) }
        var answer = answer
        answer.status = refused.status
        self.answer(answer)
    }
}

extension RocketMQFace {
    /// Bytes of a question that brings no messages: 100 handles and their ids are half of it.
    static let questionBytesMax = 64 << 10
    /// The same of a client's settings, with up to 1,000 topics.
    static let settingsBytesMax = 256 << 10
    /// A refused question of at most this size is read all the same: its answer may have to repeat something of it.
    private static let refusedBytesMax = 4 << 10

    private static let service = "/apache.rocketmq.v2.MessagingService/"

    static func path(_ name: String) -> String { service + name }

    /// An RPC of one message each way, answered where it comes in: nothing there may wait.
    ///
    /// - Parameters:
    ///   - blank: the answer before anything is known; what a client needs even of a refusal stands in it.
    ///   - tooLarge: the answer to a message that is larger than may be; nil: gRPC's own.
    ///   - bytesMax: what is larger than may be.
    ///   - isDecodable: whether a message may be decoded, by its bytes; false: it is too large too.
    func unary<Question: SwiftProtobuf.Message & Sendable, Answer: StatusAnswer>(
        _ name: String, _: Question.Type, _: Answer.Type,
        blank: @escaping @Sendable (Question) -> Answer = { _ in Answer() }, tooLarge: Answer? = nil,
        bytesMax: Int? = questionBytesMax, isDecodable: @escaping @Sendable (ByteBuffer) -> Bool = { _ in true },
        _ serve:
            @escaping @Sendable (
                RocketMQFace, Asked<Question>, @escaping @Sendable (Result<Answer, Refused>) -> Void
            ) -> Void
    ) -> RPC {
        var onHeaders: (@Sendable (Call) -> Void)?
        if bytesMax == nil { onHeaders = { [self] call in refuseStranger(call, name, Answer()) } }
        return RPC(
            Self.path(name),
            .unary { [self] bytes, call in
                let begun = NIODeadline.now()
                let tell: @Sendable (Result<Answer, Refused>, Answer) -> Void = { [counts] result, empty in
                    counts.add(name, result.code, since: begun)
                    switch result {
                    case .success(let answer): call.answer(answer)
                    case .failure(let refused): call.refuse(refused, with: empty)
                    }
                }
                let caller: Caller
                do throws(Refused) {
                    if let noted = call.noted(Caller.self) {
                        caller = noted
                    } else {
                        caller = try self.caller(of: call)
                    }
                } catch {
                    // Nothing large is decoded for a client that is not known.
                    guard bytes.readableBytes <= Self.refusedBytesMax else { return tell(.failure(error), Answer()) }
                    guard let question: Question = read(bytes, call) else { return }
                    return tell(.failure(error), blank(question))
                }
                guard isDecodable(bytes) else { return tell(.success(tooLarge ?? Answer()), Answer()) }
                guard let question: Question = read(bytes, call) else { return }
                let empty = blank(question)
                serve(self, Asked(question: question, caller: caller, call: call)) { tell($0, empty) }
            }, tooLarge: tooLarge?.wire, bytesMax: bytesMax, onHeaders: onHeaders)
    }

    /// Nothing is kept of a large request whose caller may not ask anything: it is refused before it comes.
    private func refuseStranger(_ call: Call, _ name: String, _ answer: some StatusAnswer) {
        do throws(Refused) {
            call.note(try caller(of: call))
        } catch {
            counts.add(name, error.code, since: NIODeadline.now())
            call.refuse(error, with: answer)
        }
    }

    /// The same for what waits for the file or a commit: it is answered on a thread of the engine.
    func waiting<Question: SwiftProtobuf.Message & Sendable, Answer: StatusAnswer>(
        _ name: String, _: Question.Type, _: Answer.Type,
        _ serve: @escaping @Sendable (RocketMQFace, Asked<Question>) async throws(Refused) -> Answer
    ) -> RPC {
        unary(name, Question.self, Answer.self) { face, asked, reply in
            face.work {
                do throws(Refused) {
                    reply(.success(try await serve(face, asked)))
                } catch {
                    reply(.failure(error))
                }
            }
        }
    }

    /// Reads a message of a client; nil: it is none, and the call has ended.
    func read<Question: SwiftProtobuf.Message>(_ bytes: ByteBuffer, _ call: Call) -> Question? {
        do {
            return try Question(wire: bytes)
        } catch {
            call.end(RPCStatus(.internal, "the message cannot be read"))
            return nil
        }
    }
}
