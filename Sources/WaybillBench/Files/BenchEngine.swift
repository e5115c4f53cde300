import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts
import WorkflowFile

/// An engine over a scratch file, as a shop would run it: default settings, real clock, real disk.
struct BenchEngine: Sendable {
    let engine: Engine
    let file: ScratchFile

    init(_ file: ScratchFile, world: World = .system) throws {
        self.file = file
        engine = try Engine(
            store: try Store.open(file.path), workflows: [(try BenchWorkflow.load(), Text(BenchWorkflow.text))],
            world: world
        ) { text in try WorkflowFile.load(stored: text.string) }
    }

    /// Fills the shelves.
    func stock(_ traffic: OrderTraffic) throws {
        for reply in engine.perform(traffic.receipts()) {
            guard case .success = reply else {
                throw BenchmarkFailure("a receipt of stock was refused: \(reply)")
            }
        }
    }

    /// Submits one request that must be accepted.
    func submit<Verb: EngineVerb>(_ verb: Verb) async throws where Verb.Reply: RefusableReply {
        let reply = await engine.submit(verb)
        guard reply.isAccepted else { throw BenchmarkFailure("a request was refused: \(reply)") }
    }

    func submit<Verb: BrokerVerb>(_ verb: Verb) async throws { try await submit(OfBroker(verb)) }

    /// Lets many submitters send requests 0, 1, 2 ... at the same time, each waiting for its answer, until `request`
    /// gives no more; answers how many were sent.
    func submitAll<Verb: EngineVerb>(
        from submitters: Int, _ request: @escaping @Sendable (Int) -> Verb?
    ) async throws -> Int where Verb.Reply: RefusableReply {
        let tickets = Tickets()
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<submitters {
                group.addTask { @concurrent in
                    var sent = 0
                    while let next = request(tickets.take()) {
                        try await submit(next)
                        sent += 1
                    }
                    return sent
                }
            }
            return try await group.reduce(0, +)
        }
    }

    /// Lets requests arrive at a steady rate, whether or not earlier ones are answered, and measures each from the
    /// moment at which it was to arrive: a stall counts for all who would have come during it.
    ///
    /// - Parameters:
    ///   - watch: by whose time they arrive.
    ///   - isOver: asked before each arrival.
    func submitSteadily<Verb: EngineVerb>(
        perSecond rate: Double, since watch: Stopwatch = Stopwatch(), _ request: @escaping @Sendable (Int) -> Verb,
        until isOver: (Int) -> Bool
    ) async throws -> Latencies where Verb.Reply: RefusableReply {
        let latencies = Latencies()
        try await withThrowingDiscardingTaskGroup { group in
            var sent = 0
            while !isOver(sent) {
                let due = Int(watch.seconds * rate)
                while sent < due {
                    let number = sent
                    group.addTask { @concurrent in
                        try await submit(request(number))
                        latencies.record(nanoseconds: watch.nanoseconds - Int64(Double(number) / rate * 1e9))
                    }
                    sent += 1
                }
                try await watch.wait(untilSeconds: Double(sent + 1) / rate)
            }
        }
        return latencies
    }

    func close() { engine.close() }
}

/// A reply that may be a refusal.
protocol RefusableReply {
    var isAccepted: Bool { get }
}

extension Answer: RefusableReply {
    var isAccepted: Bool {
        switch self {
        case .accepted: true
        case .refused: false
        }
    }
}

extension Result: RefusableReply {
    var isAccepted: Bool {
        switch self {
        case .success: true
        case .failure: false
        }
    }
}
