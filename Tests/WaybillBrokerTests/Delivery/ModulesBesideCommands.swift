import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillTimeouts

@Suite struct `Modules beside commands` {
    private let pace = ModulePace()

    private func at(_ milliseconds: Int64) -> Interval { Interval(milliseconds: milliseconds) }

    @Test func `write whenever they like when no command came for a while`() {
        #expect(pace.ask(at: at(10)) == false)
        #expect(pace.ask(at: at(10)) == false)
        pace.endCommands(at: at(20))
        #expect(pace.ask(at: at(24)) == false)
    }

    @Test func `write one at a time while commands come`() {
        pace.endCommands(at: at(20))
        #expect(pace.ask(at: at(21)) == true)
        #expect(pace.ask(at: at(21)) == nil)
        pace.finish(isTaken: true, took: at(0), at: at(22))
        pace.endCommands(at: at(40))
        #expect(pace.ask(at: at(40)) == true)
    }

    @Test func `rest nine times as long as they have written while commands come`() {
        pace.endCommands(at: at(20))
        #expect(pace.ask(at: at(20)) == true)
        pace.finish(isTaken: true, took: at(5), at: at(25))
        pace.endCommands(at: at(69))
        #expect(pace.ask(at: at(69)) == nil)
        pace.endCommands(at: at(70))
        #expect(pace.ask(at: at(70)) == true)
    }

    @Test func `wait for a write of commands that lasts long, as it is no quiet`() {
        pace.beginCommands()
        #expect(pace.ask(at: at(20)) == true)
        pace.finish(isTaken: true, took: at(5), at: at(25))
        #expect(pace.ask(at: at(69)) == nil)
        pace.endCommands(at: at(69))
        #expect(pace.ask(at: at(73)) == false)
    }

    @Test func `do not rest any longer once the commands have stopped`() {
        pace.endCommands(at: at(20))
        #expect(pace.ask(at: at(20)) == true)
        pace.finish(isTaken: true, took: at(1_000), at: at(1_020))
        #expect(pace.ask(at: at(1_021)) == false)
    }

    @Test func `give the writer back after five milliseconds, and go on with the rest`() async throws {
        let broker = try ReopenedBroker()
        try await broker.driver.begin("points", GroupSettings())
        for number in 0..<6 { try await broker.driver.send(number) }
        let reception = Reception(group: "points", subscription: Subscription("orders"), client: "m", max: 100)
        let writes = broker.engine.writeCount
        let clock = broker.clock
        let consumption = try await broker.engine.consume(reception, deadline: .seconds(5)) { _, _, _ in
            clock.move(to: clock.now.advanced(by: Interval(milliseconds: 3)))
        }.get()
        #expect(consumption.done == 6)
        // One to subscribe, one for the mark, three of two messages each.
        #expect(broker.engine.writeCount - writes == 5)
        #expect(try await broker.engine.consume(reception, deadline: .seconds(5)) { _, _, _ in }.get().isEmpty)
    }
}
