import Foundation
import NIOCore
import RocketMQProto
import SwiftProtobuf
import Testing

@testable import RocketMQServer

/// What is decoded on the event loop has no more fields than it has time for.
@Suite struct `A request to send` {
    private func bytes(_ request: MQSendMessageRequest) throws -> ByteBuffer {
        ByteBuffer(bytes: try request.serializedBytes() as [UInt8])
    }

    @Test func `may have as many messages as may be, each with all properties and keys`() throws {
        var request = MQSendMessageRequest()
        for _ in 0..<32 {
            var message = MQMessage()
            message.topic.name = "orders"
            for number in 0..<128 { message.userProperties["property-\(number)"] = "value \(number)" }
            message.systemProperties.keys = (0..<128).map { "key-\($0)" }
            message.systemProperties.bodyDigest.checksum = "0"
            message.systemProperties.bornTimestamp.seconds = 1
            message.body = Data(repeating: 0x0A, count: 100_000)
            request.messages.append(message)
        }
        #expect(FieldCount.isBounded(try bytes(request)))
    }

    /// A number in seven bits a byte.
    private func number(_ value: Int) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + number(value >> 7)
    }

    /// A field that holds an empty one, again and again, at each place at which it is decoded.
    @Test(arguments: [[], [1], [1, 1], [1, 2], [1, 3], [1, 3, 4], [1, 3, 7], [1, 3, 20]])
    func `has no more fields than may be, wherever they are`(path: [Int]) throws {
        for (count, isBounded) in [(FieldCount.max, false), (FieldCount.max - 10, true)] {
            var content = [UInt8]()
            for _ in 0..<count { content += [0x2A, 2, 0, 0] }
            for field in path.reversed() { content = number(field << 3 | 2) + number(content.count) + content }
            #expect(FieldCount.isBounded(ByteBuffer(bytes: content)) == isBounded)
        }
    }

    @Test func `has a body of any bytes`() throws {
        var request = MQSendMessageRequest()
        var message = MQMessage()
        message.body = Data(repeating: 0, count: 4 << 20)
        request.messages.append(message)
        #expect(FieldCount.isBounded(try bytes(request)))
    }

    @Test(arguments: [[0x0A], [0x0A] + [UInt8](repeating: 0xFF, count: 10), [0x0F], [0x08]])
    func `that is none is left to the decoder`(end: [UInt8]) {
        let field: [UInt8] = [0x2A, 8, 0, 0, 0, 0, 0, 0, 0, 0]
        let bytes = (0..<7_000).flatMap { _ in field } + end
        #expect(FieldCount.isBounded(ByteBuffer(bytes: bytes)))
    }
}
