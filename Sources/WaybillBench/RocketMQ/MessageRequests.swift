import Foundation
import RocketMQProto
import SwiftProtobuf
import WaybillCore
import WaybillTimeouts

/// Requests of producers. A message is encoded once; then its id and the number at the beginning of its body are put
/// into the bytes, so that the client costs little.
struct MessageRequests: Sendable {
    private let template: [UInt8]
    private let idAt: Int
    private let numberAt: Int
    private let run: String

    static let numberBytes = 8
    private static let idDigits = 34
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// - Parameters:
    ///   - messageGroup: nil: none.
    ///   - due: when it is to be delivered; nil: at once.
    init(to topic: String, bodyBytes: Int = 150, messageGroup: String? = nil, due: Moment? = nil) throws {
        run = Self.hexadecimal(World.system.now().milliseconds, digits: 16)
        var message = MQMessage()
        message.topic.name = topic
        let id = String(repeating: "Z", count: Self.idDigits)
        let number = [UInt8](repeating: 0xFF, count: Self.numberBytes)
        message.systemProperties.messageID = id
        message.systemProperties.tag = "paid"
        message.systemProperties.bodyEncoding = .identity
        message.systemProperties.bornHost = "127.0.0.1"
        message.systemProperties.bornTimestamp = Self.timestamp(World.system.now())
        message.systemProperties.messageType = .normal
        if let messageGroup {
            message.systemProperties.messageGroup = messageGroup
            message.systemProperties.messageType = .fifo
        }
        if let due {
            message.systemProperties.deliveryTimestamp = Self.timestamp(due)
            message.systemProperties.messageType = .delay
        }
        var body = number
        for index in 0..<max(0, bodyBytes - number.count) { body.append(UInt8(truncatingIfNeeded: index &* 31) & 127) }
        message.body = Data(body)
        let bytes: [UInt8] = try message.serializedBytes()
        guard let idAt = bytes.firstRange(of: Array(id.utf8))?.lowerBound,
            let numberAt = bytes.lastRange(of: number)
        else { throw BenchmarkFailure("a message lacks its id or its number") }
        template = bytes
        self.idAt = idAt
        self.numberAt = numberAt
    }

    /// One message, or several in one request.
    func send(_ numbers: Range<Int>) -> CallRequest {
        var request: [UInt8] = []
        request.reserveCapacity(numbers.count * (template.count + 4))
        for number in numbers { WireFields.write(1, message(number), to: &request) }
        return CallRequest(procedure: .send, message: request)
    }

    func send(_ number: Int) -> CallRequest { send(number..<number + 1) }

    private func message(_ number: Int) -> [UInt8] {
        var message = template
        var at = idAt
        for digit in "01".utf8 { (message[at], at) = (digit, at + 1) }
        for digit in run.utf8 { (message[at], at) = (digit, at + 1) }
        for place in 0..<16 { message[at + place] = Self.digits[number >> (4 * (15 - place)) & 15] }
        for place in 0..<Self.numberBytes {
            message[numberAt + place] = UInt8(truncatingIfNeeded: number >> (8 * place))
        }
        return message
    }

    /// The number of a message, from its body.
    static func number(of body: ArraySlice<UInt8>) -> Int {
        body.prefix(numberBytes).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    }

    private static func hexadecimal(_ number: Int64, digits count: Int) -> String {
        let text = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }

    private static func timestamp(_ moment: Moment) -> Google_Protobuf_Timestamp {
        Google_Protobuf_Timestamp(
            seconds: moment.milliseconds / 1_000, nanos: Int32(moment.milliseconds % 1_000) * 1_000_000)
    }
}

extension [UInt8] {
    fileprivate func lastRange(of part: [UInt8]) -> Int? {
        indices.reversed().first { self[$0...].starts(with: part) }
    }
}
