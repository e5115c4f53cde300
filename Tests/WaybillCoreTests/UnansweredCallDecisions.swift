import Testing
import WaybillCore
import WorkflowFile

/// What an order decides while a call of it is open that must be answered.
@Suite struct `An order that waits for an answer` {
    /// A later release refuses the text, because the order may end while the call is open; one that is stored runs.
    private static let text = """
        id: cake
        version: 1
        commands:
          place: {data: {cakes: count}}
          baked: {data: {cakes: count, colour: optional text}}
          burnt: {data: {cakes: count, reason: text}}
          forget: {}
          close: {}
        context: {cakes: count, heard: count, why: optional text}
        initial: baking
        on:
          silent: {actions: [{assign: {heard: + event.cakes}}]}
          cold: {actions: [{assign: {why: event.ended}}]}
          baked: {actions: [{assign: {why: event.colour}}]}
          burnt: {actions: [{assign: {why: event.reason}}]}
          forget: {actions: [{stop: {call: "'bake'"}}]}
          close: done
        states:
          baking:
            entry:
              - call: {topic: oven, name: "'bake'", data: {cakes: cakes}, ok: baked, failed: burnt, unanswered: silent,
                       late: cold, within: 1h}
          done: {type: final}
        """

    private func placed(_ text: String = text) throws -> DryRun {
        var run = DryRun(try WorkflowFile.load(stored: text), at: Moment(milliseconds: 0))
        let step = run.send("place", data: Array(#"{"cakes":2}"#.utf8))
        #expect(step.refusal == nil)
        return run
    }

    private func data(_ name: String, of run: DryRun) -> Value? {
        run.workflow.context.slot(Text(name)).map { run.order.context[$0] }
    }

    @Test func `hears of the silence once, and keeps the call`() throws {
        var run = try placed()
        let step = run.wait(.days(30))
        #expect(step.fired == ["dry-run#1"])
        #expect(step.actions.first == "call dry-run#1: unanswered")
        #expect(data("heard", of: run) == .int(2))
        #expect(run.order.calls.map(\.isUnanswered) == [true] && run.order.lapsed.isEmpty)
        let later = run.wait(.days(30))
        #expect(later.fired == [])
    }

    @Test func `takes back what is open, and not what is unanswered`() throws {
        var early = try placed()
        _ = early.send("forget")
        #expect(early.order.calls.isEmpty)
        var late = try placed()
        _ = late.wait(.hours(1))
        let step = late.send("forget")
        #expect(step.actions == ["call dry-run#1: unanswered, so it stays open"])
        #expect(late.order.calls.count == 1)
    }

    @Test(arguments: [Interval.minutes(1), .hours(1)]) func `does not end before it is answered`(wait: Interval) throws
    {
        var run = try placed()
        _ = run.wait(wait)
        let closing = run.send("close")
        let refusal = try #require(closing.refusal)
        #expect(
            refusal
                == .callNotAnswered(key: "dry-run#1", isOverdue: wait == .hours(1), ok: "baked", failed: "burnt"))
        #expect(refusal.code == "call_not_answered" && refusal.message.contains("key dry-run#1"))
        _ = run.send("burnt", data: Array(#"{"reason":"coal"}"#.utf8))
        let closed = run.send("close")
        #expect(closed.refusal == nil)
    }

    @Test func `ends under a text without the key as it did, and takes its calls back`() throws {
        var run = try placed(Self.text.replacing("unanswered: silent,", with: "expired: silent,"))
        let closed = run.send("close")
        #expect(closed.refusal == nil)
        #expect(run.order.calls.isEmpty)
    }

    @Test func `hears ok after failed as late, and does not take the deadline twice`() throws {
        var run = try placed()
        _ = run.wait(.hours(1))
        let order = run.order
        #expect(throws: Refusal.self) {
            try run.workflow.decideExpiry(ofCall: 1, on: order, at: run.now, asking: EndlessStock())
        }
        _ = run.send("burnt", data: Array(#"{"reason":"coal"}"#.utf8))
        #expect(run.order.calls.isEmpty && run.order.lapsed.map(\.result) == [.failed])
        let late = run.send("baked")
        #expect(late.refusal == nil)
        #expect(data("why", of: run) == .text("failed"))
    }

    @Test func `is the fold of its events, and reads back from its stored form`() throws {
        let workflow = try WorkflowFile.load(stored: Self.text)
        var folded = Order(id: "c-1", workflow: workflow, placedAt: Moment(milliseconds: 0))
        var order = folded
        func take(_ decision: Decision, _ body: EventBody) throws {
            var body = body
            body.add(decision, on: order, workflow: 1)
            var writer = JSONWriter()
            body.write(to: &writer, under: workflow)
            let read = try EventBody(writer.bytes, under: workflow)
            var again = JSONWriter()
            read.write(to: &again, under: workflow)
            #expect(again.bytes == writer.bytes)
            let fits = folded.apply(read, under: workflow)
            #expect(fits)
            order = decision.order
            var stored = JSONWriter()
            order.writeState(to: &stored, under: workflow)
            var state = Order(id: "c-1", workflow: workflow, placedAt: Moment(milliseconds: 0))
            try state.readState(stored.bytes, under: workflow)
            state.version = order.version
            state.status = order.status
            #expect(state == order && folded == order)
        }
        let place = Command(order: "c-1", name: "place", data: Array(#"{"cakes":2}"#.utf8))
        let start = Moment(milliseconds: 0)
        guard case .accepted(let first) = try workflow.decide(place, on: order, at: start, asking: EndlessStock())
        else {
            Issue.record("it was not placed")
            return
        }
        try take(first, EventBody(of: place, decided: first, under: workflow))
        let deadline = start.advanced(by: .hours(1))
        let silence = try workflow.decideExpiry(ofCall: 1, on: order, at: deadline, asking: EndlessStock())
        #expect(silence.outcome.unanswered == [1] && silence.outcome.settled.isEmpty)
        try take(silence, EventBody(ofExpired: 1))
        #expect(order.calls.map(\.isUnanswered) == [true])
    }
}
