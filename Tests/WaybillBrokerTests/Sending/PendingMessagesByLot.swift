import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// What must be true of delayed and half messages, written without looking at how it is done.
private struct PendingModel {
    struct Delayed {
        var handle: Text
        var due: Moment
        var end: End?
    }
    struct Half {
        var transaction: Text
        var end: End?
    }
    enum End: Equatable {
        case visible(Moment)
        case gone
    }

    var delayed: [UInt8: Delayed] = [:]
    var halves: [UInt8: Half] = [:]
    /// Bodies in the order in which they became visible.
    var visible: [UInt8] = []

    mutating func pass(to now: Moment) {
        let due = delayed.filter { $0.value.end == nil && $0.value.due <= now }
        for (body, message) in due.sorted(by: { ($0.value.due, $0.key) < ($1.value.due, $1.key) }) {
            delayed[body]?.end = .visible(message.due)
            visible.append(body)
        }
    }
}

@Suite struct `Delayed and half messages by lot` {
    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `are visible when a simple model says so, and decided as it says`(seed: UInt64) throws {
        let file = try TemporaryBrokerFile()
        var dice = SeededGenerator(seed: seed)
        var desk = try SendingDesk(store: file.open(), seed: seed)
        try desk.make("orders")
        var model = PendingModel()
        var next: UInt8 = 0
        for step in 0..<250 {
            switch UInt64.random(in: 0..<10, using: &dice) {
            case 0, 1:
                guard next < 250 else { continue }
                let due = desk.now.advanced(by: Interval(milliseconds: Int64.random(in: 1...90_000, using: &dice)))
                let sent = try desk.send(.sample("orders", [next]).with { $0.deliverAt = due })
                model.delayed[next] = .init(handle: try #require(sent.recallHandle), due: due)
                next += 1
            case 2, 3:
                guard next < 250 else { continue }
                model.halves[next] = .init(transaction: try desk.prepare(.sample("orders", [next])).transaction)
                next += 1
            case 4: try recall(desk, &model, &dice)
            case 5: try reschedule(desk, &model, &dice)
            case 6, 7: try resolve(desk, &model, &dice)
            case 8:
                desk.pass(Interval(milliseconds: Int64.random(in: 0...20_000, using: &dice)))
                model.pass(to: desk.now)
            default:
                let now = desk.now
                desk.engine.close()
                desk = try SendingDesk(store: file.open(), seed: seed &+ UInt64(step), at: now)
            }
            let visible = try desk.visible(in: "orders").map { $0[0] }
            try #require(visible == model.visible, "seed \(seed), step \(step)")
        }
        desk.engine.close()
    }

    private func recall(
        _ desk: SendingDesk, _ model: inout PendingModel, _ dice: inout SeededGenerator
    ) throws {
        guard let body = model.delayed.keys.sorted().randomElement(using: &dice), let known = model.delayed[body]
        else { return }
        let reply = try desk.ask(Recall(known.handle, of: "orders"))
        switch known.end {
        case nil, .gone: #expect(!reply.isRefused)
        case .visible(let moment): #expect(reply.refusal == .alreadyVisible(at: moment))
        }
        if known.end == nil { model.delayed[body]?.end = .gone }
    }

    private func reschedule(
        _ desk: SendingDesk, _ model: inout PendingModel, _ dice: inout SeededGenerator
    ) throws {
        guard let body = model.delayed.keys.sorted().randomElement(using: &dice), let known = model.delayed[body]
        else { return }
        let due = desk.now.advanced(by: Interval(milliseconds: Int64.random(in: -9...60_000, using: &dice)))
        let reply = try desk.ask(Reschedule(known.handle, of: "orders", to: due))
        switch known.end {
        case nil:
            #expect(!reply.isRefused)
            model.delayed[body]?.due = max(desk.now, due)
            model.pass(to: desk.now)
        case .visible(let moment): #expect(reply.refusal == .alreadyVisible(at: moment))
        case .gone: #expect(reply.isRefused)
        }
    }

    private func resolve(
        _ desk: SendingDesk, _ model: inout PendingModel, _ dice: inout SeededGenerator
    ) throws {
        guard let body = model.halves.keys.sorted().randomElement(using: &dice), let known = model.halves[body],
            let resolution = Resolution.allCases.randomElement(using: &dice)
        else { return }
        let reply = try desk.ask(Resolve(known.transaction, of: "orders", resolution))
        switch (known.end, resolution) {
        case (nil, .commit):
            model.halves[body]?.end = .visible(desk.now)
            model.visible.append(body)
            #expect(!reply.isRefused)
        case (nil, .rollback):
            model.halves[body]?.end = .gone
            #expect(!reply.isRefused)
        case (.visible, .rollback), (.gone, .commit): #expect(reply.isRefused)
        case (_, .unknown), (.visible, .commit), (.gone, .rollback): #expect(!reply.isRefused)
        }
    }
}
