import RocketMQProto
import Testing

@testable import RocketMQServer

/// A client gets the addresses by which it has come once for each queue of a topic: up to 1,024 times.
@Suite struct `The addresses of a route` {
    private func endpoints(_ count: Int, bytes: Int) -> MQEndpoints {
        var endpoints = MQEndpoints()
        endpoints.addresses = (0..<count).map { number in
            var address = MQAddress()
            address.host = String(repeating: "a", count: bytes)
            address.port = Int32(8_081 + number)
            return address
        }
        return endpoints
    }

    @Test(arguments: [(1, 255), (2, 255), (16, 32), (8, 64), (3, 40)])
    func `come back when they are those of a client`(count: Int, bytes: Int) {
        #expect(endpoints(count, bytes: bytes).mayComeBack)
    }

    @Test(arguments: [(0, 0), (1, 0), (1, 256), (17, 9), (16, 255), (3, 255), (16, 33)])
    func `do not come back when all queues together would make an answer of megabytes`(count: Int, bytes: Int) {
        #expect(!endpoints(count, bytes: bytes).mayComeBack)
    }
}
