import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillTimeouts

@Suite struct `Modules beside commands` {
    private func at(_ milliseconds: Int64) -> Interval { Interval(milliseconds: milliseconds) }

    @Test func `write whenever they like when no command came for a while`() {
        var pace = ModulePace()
        #expect(pace.wait(at: at(10), isAwaited: false) == at(0))
        pace.served(at: at(20))
        pace.wrote(from: at(23), to: at(423), isAwaited: false)
        #expect(pace.wait(at: at(423), isAwaited: false) == at(0))
        #expect(pace.wait(at: at(423), isAwaited: true) == at(0))
    }

    @Test func `rest nine times as long as they have written while commands come`() {
        var pace = ModulePace()
        pace.served(at: at(20))
        #expect(pace.wait(at: at(20), isAwaited: true) == at(0))
        pace.wrote(from: at(20), to: at(25), isAwaited: true)
        pace.served(at: at(69))
        #expect(pace.wait(at: at(69), isAwaited: true) == at(1))
        #expect(pace.wait(at: at(69), isAwaited: false) == at(1))
        #expect(pace.wait(at: at(70), isAwaited: true) == at(0))
    }

    @Test func `have their share of the time, however slow one of them is`() {
        for slowness in [1, 5, 40, 200] as [Int64] {
            var pace = ModulePace()
            var (now, ofModules) = (Int64(0), Int64(0))
            // Somebody always waits: a write of commands takes 4 ms, and then it is a module's turn or not.
            while now < 60_000 {
                now += 4
                pace.served(at: at(now))
                guard pace.wait(at: at(now), isAwaited: true) == at(0) else { continue }
                pace.wrote(from: at(now), to: at(now + slowness), isAwaited: true)
                now += slowness
                ofModules += slowness
            }
            let percent = Double(100 * ofModules) / Double(now)
            #expect(percent > 6 && percent <= 10.1, "a write of \(slowness) ms has \(percent) %")
        }
    }

    @Test func `take no time for quiet in which they kept the writer themselves`() {
        var pace = ModulePace()
        pace.served(at: at(20))
        pace.wrote(from: at(20), to: at(30), isAwaited: false)
        // Ten milliseconds have passed since the last command, none of them with the writer free.
        #expect(pace.wait(at: at(30), isAwaited: false) == at(3))
        #expect(pace.wait(at: at(33), isAwaited: false) == at(0))
    }

    @Test func `owe rest when a command came during their write, although it was quiet before`() {
        var pace = ModulePace()
        pace.wrote(from: at(100), to: at(105), isAwaited: true)
        pace.served(at: at(107))
        #expect(pace.wait(at: at(107), isAwaited: true) == at(43))
    }

    @Test func `do not rest any longer once the commands have stopped, nor for ever`() {
        var pace = ModulePace()
        pace.served(at: at(20))
        pace.wrote(from: at(20), to: at(1_020), isAwaited: true)
        #expect(pace.wait(at: at(1_020), isAwaited: true) == .seconds(2))
        #expect(pace.wait(at: at(1_023), isAwaited: false) == at(0))
    }

    @Test(arguments: [false, true])
    func `give the writer back after five milliseconds, and go on with the rest`(isFIFO: Bool) async throws {
        let broker = try ReopenedBroker()
        try await broker.driver.begin("points", GroupSettings(isFIFO: isFIFO))
        for number in 0..<6 { try await broker.driver.send(number, key: isFIFO ? "k" : nil) }
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
