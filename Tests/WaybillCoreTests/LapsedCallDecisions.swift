import Testing
import WaybillCore
import WorkflowFile

/// Ended calls whose `ok` an order would still hear: by the rules of today none is forgotten.
@Suite struct `An order with many ended calls` {
    private static let text = """
        id: cake
        version: 1
        commands:
          place: {data: {cakes: count}}
          baked: {}
          burnt: {}
          bake: {}
          forget: {}
        context: {cakes: count, late: count}
        initial: open
        states:
          open:
            on:
              bake: {actions: [{call: {topic: oven, name: "'bake'", ok: baked, failed: burnt, unanswered: silent,
                                       late: cold, within: 1h}}]}
              forget: {actions: [{stop: {call: "'bake'"}}]}
              baked: {actions: [{assign: {late: + 0}}]}
              burnt: {actions: [{assign: {late: + 0}}]}
              silent: {actions: [{assign: {late: + 0}}]}
              cold: {actions: [{assign: {late: + 1}}]}
        """

    /// An order that has made so many calls and taken each back, and the fold of its events.
    private func order(
        afterCalls count: Int, by rules: Semantics
    ) throws -> (order: Order, folded: Order, workflow: Workflow) {
        let workflow = try WorkflowFile.load(stored: Self.text)
        var order = Order(id: "c-1", workflow: workflow, placedAt: Moment(milliseconds: 0))
        var folded = order
        func send(_ name: EventName, _ data: String = "") throws {
            let command = Command(order: "c-1", name: name, data: Array(data.utf8))
            guard
                case .accepted(let decision) = try workflow.decide(
                    command, on: order, at: Moment(milliseconds: 1), asking: EndlessStock(), by: rules)
            else { return }
            order = decision.order
            if folded.version == 0 { folded.context = order.context }
            let fits = folded.apply(decision.outcome, by: rules)
            #expect(fits)
        }
        try send("place", #"{"cakes":2}"#)
        for _ in 0..<count {
            try send("bake")
            try send("forget")
        }
        return (order, folded, workflow)
    }

    private func bake(_ order: Order, under workflow: Workflow, by rules: Semantics) throws -> Verdict {
        let command = Command(order: "c-1", name: "bake")
        return try workflow.decide(
            command, on: order, at: Moment(milliseconds: 2), asking: EndlessStock(), by: rules)
    }

    @Test func `makes no further call, and hears the first of them late`() throws {
        let (order, folded, workflow) = try order(afterCalls: 64, by: .current)
        #expect(order == folded)
        #expect(order.lapsed.map(\.call.number) == Array(1...64))
        let refusal = #expect(throws: Refusal.self) { try bake(order, under: workflow, by: .current) }
        #expect(refusal == .limit("ended calls of an order that may still be answered", max: 64))
        let late = Command(order: "c-1", name: "baked", key: "c-1#1")
        guard
            case .accepted(let heard) = try workflow.decide(
                late, on: order, at: Moment(milliseconds: 2), asking: EndlessStock())
        else {
            Issue.record("the late answer is not heard")
            return
        }
        #expect(heard.order.lapsed.count == 63)
        _ = try bake(heard.order, under: workflow, by: .current)
    }

    @Test func `dropped the first of them by the rules of before`() throws {
        let (order, folded, workflow) = try order(afterCalls: 66, by: .first)
        #expect(order == folded)
        #expect(order.lapsed.map(\.call.number) == Array(3...66))
        _ = try bake(order, under: workflow, by: .first)
        #expect(throws: Refusal.self) { try bake(order, under: workflow, by: .current) }
    }

    /// An order with an open call and so many natural keys.
    private func order(withKeys count: Int, asking name: EventName?) throws -> (order: Order, workflow: Workflow) {
        var (order, _, workflow) = try order(afterCalls: 0, by: .current)
        if let name {
            let command = Command(order: "c-1", name: name)
            guard
                case .accepted(let decision) = try workflow.decide(
                    command, on: order, at: Moment(milliseconds: 1), asking: EndlessStock())
            else { return (order, workflow) }
            order = decision.order
        }
        order.keys = (0..<count).map {
            Order.NaturalKey(command: "pay", key: Text("p\($0)"), fingerprint: 0, version: 1)
        }
        return (order, workflow)
    }

    @Test(arguments: ["baked", "burnt"]) func `takes the answer to a call with any number of natural keys`(
        name: String
    ) throws {
        let (order, workflow) = try order(withKeys: 1_024, asking: "bake")
        let answer = Command(order: "c-1", name: EventName(Text(name)), key: "c-1#1")
        let now = Moment(milliseconds: 2)
        guard case .accepted(let heard) = try workflow.decide(answer, on: order, at: now, asking: EndlessStock()) else {
            Issue.record("the answer is not taken")
            return
        }
        #expect(heard.order.calls.isEmpty)
    }
}
