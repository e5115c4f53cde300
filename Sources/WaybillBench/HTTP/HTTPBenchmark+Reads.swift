import WaybillCore

extension HTTPBenchmark {
    /// How many orders a second 64 connections read, one order with each request.
    func reads(_ target: LoadTarget) async throws -> Load {
        let requests = PlacingRequests(traffic, at: target)
        let count = settings.pick(trial: 20, usual: 1_000, full: 10_000)
        let seconds = settings.pick(trial: 0.1, usual: 4.0, full: 15.0)
        return try await ServedShop.onThread { [numbers, traffic] in
            // What is read is placed here: whether other numbers became orders is not known.
            var placed: [Int] = []
            let placing = try LoadClient(to: target, connections: 1)
            _ = try placing.drive { _, _ in
                guard placed.count < count else { return nil }
                placed.append(numbers.take())
                return requests.place(placed[placed.count - 1], at: "/v1/orders")
            }
            let gets = placed.map { requests.get("/v1/orders/\(traffic.id($0))") }
            let client = try LoadClient(to: target, connections: Self.clients)
            let watch = Stopwatch()
            var next = 0
            let rate = try client.drive { _, _ in
                guard watch.seconds < seconds else { return nil }
                next = (next + 1) % gets.count
                return gets[next]
            }
            return Load(rate: rate, milliseconds: client.milliseconds(at: Load.shares))
        }
    }
}
