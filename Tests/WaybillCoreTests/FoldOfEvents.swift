import Testing
import WaybillCore

/// Promise P6 in the core: what is stored is the fold of what is written, and deciding again comes to the same.
@Suite struct `The fold of an order's events` {
    @Test func `is the order, for any sequence of commands`() throws {
        let workflow = try Bazaar.workflow()
        var accepted: [String: Int] = [:]
        for seed in 0..<120 {
            var run = BazaarRun(workflow, seed: seed)
            try run.play(steps: 30)
            try run.check()
            accepted.merge(run.accepted, uniquingKeysWith: +)
        }
        // A run in which nothing is accepted would prove nothing.
        for name in ["place", "pay", "ship", "cancel", "extend", "refund", "take_back", "$timeout"] {
            #expect(accepted[name, default: 0] > 0, "no \(name) was ever accepted")
        }
    }

    @Test func `refuses an event that does not fit the order`() throws {
        let workflow = try Bazaar.workflow()
        var order = Order(id: "o", workflow: workflow, placedAt: Moment(milliseconds: 0))
        let key = StockKey(sku: "mug")
        for outcome in [
            BazaarRun.outcome { $0.movements = [Movement(.confirm, key, 1)] },
            BazaarRun.outcome { $0.movements = [Movement(.reserve, key, 0)] },
            BazaarRun.outcome { $0.changes = [.field(slot: 99, .int(1))] },
            BazaarRun.outcome { $0.changes = [.member(collection: 2, key: "none", field: 1, .int(1))] },
            BazaarRun.outcome { $0.changes = [.element(collection: 0, [.text("x")])] },
        ] {
            let fits = order.apply(outcome)
            #expect(!fits, "\(outcome)")
        }
    }
}

/// One order's life by lot, with everything that was written down on the way.
struct BazaarRun {
    let workflow: Workflow
    let stock = BazaarStock(["mug": 12, "pot": 3, "cup": 0])
    private var lot: SeededLot
    private let seed: Int
    private var order: Order
    private var now = Moment(milliseconds: 1_764_000_000_000)
    private var written: [[UInt8]] = []
    private(set) var accepted: [String: Int] = [:]

    init(_ workflow: Workflow, seed: Int) {
        self.workflow = workflow
        self.seed = seed
        lot = SeededLot(seed + 1)
        order = Order(id: OrderID("o-\(seed)"), workflow: workflow, placedAt: now)
    }

    static func outcome(_ change: (inout Outcome) -> Void) -> Outcome {
        var outcome = Outcome()
        change(&outcome)
        return outcome
    }

    mutating func play(steps: Int) throws {
        for _ in 0..<steps {
            if let due = order.timeouts.min(by: { $0.due < $1.due }), lot.below(4) == 0 {
                now = max(now, due.due)
                try decide(
                    "$timeout",
                    { [workflow, order, now] facts throws(Refusal) in
                        try workflow.decideTimeout(due.name, on: order, at: now, asking: facts)
                    })
            } else if let due = order.timeouts.first, lot.below(12) == 0 {
                let next = lot.below(3) == 0 ? nil : now.advanced(by: .minutes(Int64(lot.below(100))))
                try decide(
                    "$reschedule",
                    { [workflow, order] _ throws(Refusal) in
                        try workflow.decideReschedule(due.name, to: next, on: order)
                    })
            } else {
                try decideCommand()
            }
            now = now.advanced(by: .minutes(Int64(lot.below(10))))
        }
    }

    private mutating func decideCommand() throws {
        let (name, data) = command()
        let command = Command(order: order.id, name: EventName(name), data: Array(data.utf8))
        try decide(
            name,
            { [workflow, order, now] facts throws(Refusal) in
                switch try workflow.decide(command, on: order, at: now, asking: facts) {
                case .accepted(let decision): return decision
                case .repeated: return nil
                }
            })
    }

    private mutating func command() -> (name: String, data: String) {
        if order.version == 0 {
            let lines = (0..<lot.below(3)).map { line in
                let sku = lot.pick(["mug", "mug", "mug", "pot", "pot", "cup"])
                return #"{"line":"\#(line)","sku":"\#(sku)","qty":\#(lot.below(3)),"price_cents":\#(lot.below(900))}"#
            }
            let wait = lot.pick(["null", "\"30m\"", "\"2h\""])
            let buyer = lot.pick(["ann", "bob \\\"é\\u0001"])
            return ("place", #"{"buyer":"\#(buyer)","pay_within":\#(wait),"lines":[\#(lines.joined(separator: ","))]}"#)
        }
        let line = lot.below(3)
        switch lot.below(9) {
        case 0, 1, 2: return ("pay", #"{"payment":"p\#(lot.below(5))","amount_cents":\#(lot.pick([100, 900, 4_000]))}"#)
        case 3, 4: return ("ship", #"{"parcel":"x\#(lot.below(9))","line":"\#(line)","qty":\#(1 + lot.below(2))}"#)
        case 5: return ("refund", #"{"amount_cents":\#(lot.below(1_500))}"#)
        case 6: return ("extend", #"{"by":"\#(lot.below(50))m"}"#)
        case 7: return lot.below(3) == 0 ? ("cancel", "") : ("refund", #"{"amount_cents":1}"#)
        default:
            return ("take_back", #"{"line":"\#(line)","qty":\#(1 + lot.below(2)),"is_broken":\#(lot.below(2) == 0)}"#)
        }
    }

    /// Decides, decides again from the recorded facts, writes the event, and folds it onto the order before.
    private mutating func decide(
        _ name: String, _ body: (any StockFacts) throws(Refusal) -> Decision?
    ) throws {
        let decision: Decision?
        do throws(Refusal) {
            decision = try body(stock)
        } catch {
            return
        }
        guard let decision else { return }
        let event = bytes(of: decision)
        let recorded = RecordedFacts(decision.outcome.facts)
        let again = try body(recorded).map(bytes)
        #expect(again == event, "seed \(seed): \(name) decided again is another event")
        #expect(recorded.isUsedUp)

        var folded = order
        let fits = folded.apply(try EventBody(event, under: workflow), under: workflow)
        #expect(fits)
        #expect(state(of: folded) == state(of: decision.order), "seed \(seed): fold of \(name)")
        #expect(stock.settle(decision.outcome.movements, opening: decision.opened), "seed \(seed): stock of \(name)")
        for (key, level) in stock.levels { #expect(level.isBalanced, "seed \(seed): \(key.sku)") }
        written.append(event)
        accepted[name, default: 0] += 1
        order = decision.order
    }

    /// From the first event again, twice; the stored form read back; holdings against the stock.
    func check() throws {
        for _ in 0..<2 {
            var folded = Order(id: order.id, workflow: workflow, placedAt: order.placedAt)
            for event in written {
                let fits = folded.apply(try EventBody(event, under: workflow), under: workflow)
                #expect(fits)
            }
            #expect(folded == order, "seed \(seed)")
        }
        var read = Order(id: order.id, workflow: workflow, placedAt: order.placedAt)
        read.version = order.version
        read.status = order.status
        if order.version > 0 { try read.readState(Array(state(of: order).utf8), under: workflow) }
        #expect(read == order, "seed \(seed): stored and read")
        for (key, level) in stock.levels {
            let held = order.holding(key)
            #expect(held.reserved == level.reserved && held.sold == level.sold, "seed \(seed): \(key.sku)")
        }
    }

    private func bytes(of decision: Decision) -> [UInt8] {
        var body = EventBody()
        body.outcome = decision.outcome
        if decision.order.version == 1 {
            body.order = decision.order.id
            body.workflow = 1
            if let creation = workflow.creation {
                var writer = JSONWriter()
                writer.named(decision.data, as: creation.data)
                body.data = writer.bytes
            }
        }
        body.messages = decision.outcome.messages.map { .init(topic: $0.topic, tag: $0.tag, digest: $0.digest) }
        var writer = JSONWriter()
        body.write(to: &writer, under: workflow)
        return writer.bytes
    }

    private func state(of order: Order) -> String {
        var writer = JSONWriter()
        order.writeState(to: &writer, under: workflow)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
