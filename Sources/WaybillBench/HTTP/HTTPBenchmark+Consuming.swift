import WaybillCore

extension HTTPBenchmark {
    /// Messages that are received and acknowledged in a second: 64 consumers of one group, 32 messages at a time.
    func consume(_ target: LoadTarget) async throws -> Double {
        let requests = PlacingRequests(traffic, at: target)
        let seconds = settings.pick(trial: 0.1, usual: 4.0, full: 15.0)
        return try await ServedShop.onThread {
            let client = try LoadClient(to: target, connections: Self.clients)
            var isReceiving = [Bool](repeating: false, count: Self.clients)
            var count = 0
            let watch = Stopwatch()
            _ = try client.drive { connection, answer in
                guard watch.seconds < seconds else { return nil }
                defer { isReceiving[connection].toggle() }
                guard isReceiving[connection], let answer else {
                    return requests.post(
                        "/v1/groups/bench/receive", #"{"topic":"order","max":32,"client":"c-\#(connection)"}"#)
                }
                let receipts = Self.receipts(in: answer.body)
                count += receipts.count
                let list = receipts.map { "\"\($0)\"" }.joined(separator: ",")
                return requests.post("/v1/groups/bench/acknowledge", #"{"receipts":[\#(list)]}"#)
            }
            return Double(count) / watch.seconds
        }
    }

    private static let name = Array(#""receipt":""#.utf8)

    /// The receipts of an answer with deliveries, in their order.
    private static func receipts(in body: ArraySlice<UInt8>) -> [String] {
        var receipts: [String] = []
        var rest = body
        while let start = rest.firstRange(of: name) {
            let text = rest[start.upperBound...].prefix { $0 != UInt8(ascii: "\"") }
            receipts.append(String(decoding: text, as: UTF8.self))
            rest = rest[text.endIndex...]
        }
        return receipts
    }
}
