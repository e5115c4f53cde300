import FlashSale
import Testing
import WaybillCore

@Suite struct `A shop in another process` {
    static let questions: [ShopLine.Question] = [
        .send(ShopRequest(.place, shopper: 5, order: 1, item: 0)),
        .send(ShopRequest(.pay(method: 2), shopper: 19_999, order: 12, item: 3)),
        .send(ShopRequest(.cancel, shopper: 1, order: 2, item: 99)), .look(item: 7),
        .restock(item: 1, units: 500, delivery: 0), .owed, .opened(Moment(milliseconds: 1_794_355_200_000)),
    ]

    @Test(arguments: questions) func `understands every question`(question: ShopLine.Question) throws {
        let line = ShopLine.line(42, question)
        #expect(line.hasSuffix("\n"))
        let read = try #require(ShopLine.question(line.dropLast()))
        #expect(read.number == 42)
        #expect(read.question == question)
    }

    static let replies: [ShopLine.Reply] = [
        .answer(.accepted(isRepeat: false)), .answer(.accepted(isRepeat: true)), .answer(.refused(.soldOut)),
        .answer(.refused(.limitReached)), .answer(.refused(.other("bad_data"))), .answer(.unanswered), .free(0),
        .free(.max), .owed([]), .owed([3, 0]), .done, .answer(.refused(.crowded)),
    ]

    @Test(arguments: replies) func `is understood in every answer`(reply: ShopLine.Reply) throws {
        let read = try #require(ShopLine.reply(ShopLine.line(7, reply).dropLast()))
        #expect(read.number == 7)
        #expect(read.reply == reply)
    }

    @Test(arguments: [
        "", " ", "1", "1 place", "1 place 1 2", "x place 1 2 3", "1 place 1 2 -3", "1 place 1 2 99999999999999999999",
        "1 steal 1", "1 pay 1 2 3", "1 look", "1 look 1 2", "1 no", "1 free many", "1 ok twice",
        "1 owed x", "1 owed -1 2", "1 opened", "1 opened soon",
    ]) func `leaves out what it does not understand`(line: String) {
        #expect(ShopLine.question(line) == nil)
        #expect(ShopLine.reply(line) == nil)
    }
}

@Suite struct `A module in another process` {
    @Test(arguments: ["points:400:0", "coupons:60:20000:20000:180000"])
    func `is named in one word`(word: String) throws {
        let module = try #require(RushScenario.Module(word: word))
        #expect(module.word == word)
        #expect(module.fails.millionths == (word.hasPrefix("points") ? 0 : 20_000))
        #expect(module.down?.length.milliseconds == (word.hasPrefix("points") ? nil : 180_000))
    }

    @Test(arguments: ["", "points", "points:400", ":1:0", "points:0:0", "points:x:0", "points:1:0:1", "points:1:-1"])
    func `is not made of anything else`(word: String) { #expect(RushScenario.Module(word: word) == nil) }
}

@Suite struct `Advice on capacity` {
    @Test func `says how large a crowd may be, and where it would be too large`() async throws {
        var scenario = try scenario()
        scenario.crashes.at = []
        scenario.server.intakeDepthMax = 100_000
        scenario.server.perCommandMicroseconds = 4_000
        scenario.server.writeRequestsMax = 1_024
        let slow = try await run(scenario).report.capacity
        #expect(slow.rows.last?.survives == false)
        // Once too large, always too large; and the wait only grows.
        for (smaller, larger) in zip(slow.rows, slow.rows.dropFirst()) {
            #expect(smaller.waitMilliseconds <= larger.waitMilliseconds)
            #expect(smaller.survives || !larger.survives)
        }
        scenario.server.perCommandMicroseconds = 40
        let fast = try await run(scenario).report.capacity
        #expect(fast.survivesTimes > slow.survivesTimes * 5)
    }

    @Test func `names each setting of the order book and what to set it to`() async throws {
        var scenario = try scenario()
        scenario.crashes.at = []
        scenario.server.intakeDepthMax = 100_000
        let capacity = try await run(scenario).report.capacity
        let limits = capacity.limits
        for setting in [
            "intakeDepthMax to \(limits.intakeDepthMax.grouped)",
            "intakeDepthPerSKUMax to \(limits.intakeDepthPerSKUMax.grouped)",
            "intakeDepthPerCallerMax to \(limits.intakeDepthPerCallerMax.grouped)",
        ] {
            #expect(capacity.advice.count { $0.contains("Set \(setting)") } == 1, "\(setting)")
        }
        #expect((1...limits.intakeDepthMax).contains(limits.intakeDepthPerSKUMax))
        #expect(limits.intakeDepthPerCallerMax >= 16)
    }

    @Test func `lets a crowd in up to the limits, and refuses by the name of the limit`() async throws {
        var scenario = try scenario()
        scenario.crashes.at = []
        func refused(_ code: String, perItem: Int, perCaller: Int) async throws -> Int {
            scenario.server.perItemMax = perItem
            scenario.server.perCallerMax = perCaller
            let report = try await run(scenario).report
            #expect(report.check.isSound, "\(report.check.findings)")
            return report.refusals.first { $0.code == code }?.count ?? 0
        }
        #expect(try await refused("crowded", perItem: 1_000, perCaller: 1_000) == 0)
        let narrow = try await refused("crowded", perItem: 1, perCaller: 1_000)
        #expect(narrow > 0)
        // Whom his item's crowd keeps out leaves room to the others.
        let open = try await refused("overloaded", perItem: 1_000, perCaller: 1_000)
        let shared = try await refused("overloaded", perItem: 1, perCaller: 1_000)
        #expect(shared < open)
    }
}
