import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts
import WorkflowFile

@Suite struct `Messages of orders` {
    private static let workflow = """
        id: note
        version: 1
        commands: {place: {}, done: {}}
        initial: open
        states:
          open:
            entry:
              - send: {topic: notes, tag: placed}
              - send: {topic: notes, tag: keyed, key: "'special'"}
              - send: {topic: notes, tag: reminder, delay: 1h}
            on: {done: over}
          over: {type: final, entry: [{send: {topic: notes, tag: over}}]}
        """

    private func engine(_ change: (inout BrokerSettings) -> Void = { _ in }) throws -> Engine {
        let compiled = try WorkflowFile.load(Self.workflow)
        var settings = Engine.Settings()
        change(&settings.broker)
        return try Engine(
            store: Store.inMemory(), workflows: [(compiled, Text(Self.workflow))],
            world: .virtual(VirtualClock(start: SendingDesk.opening)), settings: settings
        ) { try WorkflowFile.load(stored: $0.string) }
    }

    private func send(_ engine: Engine, _ name: EventName, _ order: OrderID) -> Answer? {
        var command = Command(order: order, name: name)
        if name == "place" { command.workflow = "note" }
        let answer = engine.perform(command)
        return answer
    }

    @Test func `are found by their order, by their own key and by their id, indexed or not`() throws {
        let engine = try engine()
        for number in 1...30 { _ = send(engine, "place", OrderID("n-\(number)")) }
        _ = send(engine, "done", "n-7")
        let messages = engine.messages
        for _ in 1...2 {
            #expect(try messages.messages(key: "n-7").compactMap(\.tag) == ["placed", "over"])
            #expect(try messages.messages(key: "n-7", in: "others").isEmpty)
            #expect(try messages.messages(key: "special", limit: 100).count == 30)
            let found = try #require(try messages.messages(key: "n-7").first)
            #expect(try messages.messages(id: found.id) == [found])
            #expect(found.order == "n-7")
            #expect(String(decoding: found.body, as: UTF8.self).contains(#""subject":"n-7""#))
            #expect(try messages.messages(id: "e999-0").isEmpty)
            while try engine.maintain() {}
        }
        engine.advance(to: SendingDesk.opening.advanced(by: .hours(1)))
        #expect(try messages.messages(key: "n-7").compactMap(\.tag) == ["placed", "over", "reminder"])
    }

    @Test func `go on below 10 percent of free disk; below 5 percent orders are refused too, and say why`() throws {
        let space = Gauge()
        let engine = try engine { $0.diskSpace = { space.reading } }
        _ = send(engine, "place", "before")
        for (free, isRefused) in [(99, false), (50, false), (49, true), (0, true), (50, false)] as [(Int64, Bool)] {
            space.set(DiskSpace(free: free, total: 1_000))
            engine.lookAtDisk()
            let answer = send(engine, "place", OrderID("at-\(free)"))
            guard case .refused(let refusal) = answer else {
                #expect(!isRefused)
                continue
            }
            #expect(
                isRefused && refusal == .diskNearlyFull(freePercent: Int(free / 10)) || refusal.code == "order_exists")
        }
        space.set(DiskSpace(free: 0, total: 1_000))
        engine.lookAtDisk()
        // What was promised before is kept: timeouts and delayed messages go on.
        engine.advance(to: SendingDesk.opening.advanced(by: .hours(1)))
        #expect(try engine.messages.messages(key: "before").compactMap(\.tag) == ["placed", "reminder"])
    }

    @Test func `of disks whose size makes no sense hold nothing up`() {
        #expect(DiskSpace(free: 5, total: 0).freePercent == 100)
        #expect(DiskSpace(free: -5, total: 100).freePercent == 0)
        #expect(DiskSpace(free: .max, total: .max).freePercent == 100)
        #expect(DiskSpace(free: .max, total: 1).freePercent == 100)
        #expect(DiskSpace.of(path: "/nowhere/at/all") == nil)
        #expect(DiskSpace.of(path: "/").map { (0...100).contains($0.freePercent) } == true)
    }
}
