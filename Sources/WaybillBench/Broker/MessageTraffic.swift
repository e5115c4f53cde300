import WaybillBroker
import WaybillCore
import WaybillEngine

/// The messages of the benchmark of the broker: 1 KiB each, beginning with its number.
struct MessageTraffic: Sendable {
    static let bodyBytes = 1_024
    private static let numberBytes = 8

    let topic: TopicName
    private let body: [UInt8] = (0..<bodyBytes).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    func message(_ number: Int, messageGroup: Text? = nil) -> NewMessage {
        var body = body
        for index in 0..<Self.numberBytes { body[index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
        return NewMessage(
            to: topic, body: body, tag: "paid", keys: [Text("order-\(number)")], messageGroup: messageGroup)
    }

    func send(_ number: Int) -> OfBroker<Send> { OfBroker(Send([message(number)])) }

    /// A batch of messages that follow each other.
    func send(_ numbers: Range<Int>, messageGroup: (Int) -> Text? = { _ in nil }) -> OfBroker<Send> {
        OfBroker(Send(numbers.map { message($0, messageGroup: messageGroup($0)) }))
    }

    static func number(of delivery: Delivery) -> Int {
        delivery.body.prefix(numberBytes).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    }
}
