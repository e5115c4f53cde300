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
        pace.served(from: at(10), to: at(20))
        pace.wrote(from: at(23), to: at(423), isAwaited: false)
        #expect(pace.wait(at: at(423), isAwaited: false) == at(0))
    }

    @Test func `rest nine times as long as they have written while commands come`() {
        var pace = ModulePace()
        pace.served(from: at(20), to: at(20))
        #expect(pace.wait(at: at(20), isAwaited: true) == at(0))
        pace.wrote(from: at(20), to: at(25), isAwaited: true)
        pace.served(from: at(25), to: at(69))
        #expect(pace.wait(at: at(69), isAwaited: true) == at(1))
        pace.served(from: at(69), to: at(70))
        #expect(pace.wait(at: at(70), isAwaited: true) == at(0))
    }

    @Test(arguments: [10, 25, 50] as [Int64], [1, 4, 40] as [Int64])
    func `have their share of the time, however slow one of them is`(share: Int64, ofCommands: Int64) {
        var shares = ModuleShare()
        shares.percent = share
        for slowness in [1, 5, 40, 200] as [Int64] {
            var pace = ModulePace(shares)
            var (now, ofModules) = (Int64(0), Int64(0))
            // Somebody always waits: a write of commands, and then it is the modules' turn or not.
            while now < 60_000 {
                pace.served(from: at(now), to: at(now + ofCommands))
                now += ofCommands
                let end = now + shares.writeMax.milliseconds
                while now < end, pace.wait(at: at(now), isAwaited: true) == at(0) {
                    pace.wrote(from: at(now), to: at(now + slowness), isAwaited: true)
                    now += slowness
                    ofModules += slowness
                }
            }
            let percent = Double(100 * ofModules) / Double(now)
            // Never more; less only by as much as one write of commands is longer than what modules may save up.
            let least = min(Double(share), Double(500) / Double(5 + ofCommands)) * 0.85
            #expect(
                percent <= Double(share) + 0.5 && percent > least,
                "a write of \(slowness) ms beside \(ofCommands) ms has \(percent) %")
        }
    }

    @Test func `rest a third as long while the writer is free, and no less in gaps between commands`() {
        var pace = ModulePace()
        pace.served(from: at(20), to: at(20))
        pace.wrote(from: at(20), to: at(25), isAwaited: true)
        #expect(pace.wait(at: at(25), isAwaited: false) == at(15))
        // Commands of 8 ms come after gaps of 4 ms: in 45 ms of rest, each such round is worth 20.
        var rounds = 0
        var now: Int64 = 25
        while pace.wait(at: at(now), isAwaited: false) > at(0) {
            pace.served(from: at(now + 4), to: at(now + 12))
            now += 12
            rounds += 1
        }
        #expect(rounds == 3)
    }

    @Test func `save nothing up while no commands come`() {
        var pace = ModulePace()
        pace.served(from: at(0), to: at(1))
        pace.served(from: at(1_000), to: at(1_001))
        #expect(pace.wait(at: at(1_001), isAwaited: true) == at(0))
        pace.wrote(from: at(1_001), to: at(1_006), isAwaited: true)
        #expect(pace.wait(at: at(1_006), isAwaited: true) == at(44))
    }

    @Test func `take no time for quiet in which they kept the writer themselves`() {
        var pace = ModulePace()
        pace.served(from: at(19), to: at(20))
        pace.wrote(from: at(20), to: at(30), isAwaited: false)
        // Ten milliseconds have passed since the last command, none of them with the writer free.
        #expect(pace.wait(at: at(30), isAwaited: false) == at(30))
        // The next write comes too early to be free of rest.
        pace.wrote(from: at(32), to: at(33), isAwaited: false)
        #expect(pace.wait(at: at(33), isAwaited: true) > at(80))
    }

    @Test func `owe rest when a command came during their write, although it was quiet before`() {
        var pace = ModulePace()
        pace.wrote(from: at(100), to: at(105), isAwaited: true)
        pace.served(from: at(105), to: at(107))
        #expect(pace.wait(at: at(107), isAwaited: true) == at(43))
    }

    @Test func `do not rest any longer once the commands have stopped, nor for ever`() {
        var pace = ModulePace()
        pace.served(from: at(20), to: at(20))
        pace.wrote(from: at(20), to: at(1_020), isAwaited: true)
        #expect(pace.wait(at: at(1_020), isAwaited: true) == .seconds(2))
        #expect(pace.wait(at: at(1_687), isAwaited: false) == at(0))
    }

    @Test(arguments: [false, true])
    func `give the writer back after five milliseconds, and go on with the rest`(isFIFO: Bool) async throws {
        let broker = try ReopenedBroker()
        try await broker.driver.begin("points", GroupSettings(isFIFO: isFIFO))
        for number in 0..<6 { try await broker.driver.send(number, key: isFIFO ? "k" : nil) }
        let reception = ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "m", max: 100)
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
