import Testing
import WaybillCore
import WaybillStore

@Suite struct `The answer to a keyed command` {
    private let row = CommandRow(
        caller: "shop", key: "k1", fingerprint: UInt64.max, stream: StreamNumber(7), version: 3, refusal: nil)

    private func found(_ store: Store, after hours: Int64) throws -> CommandRow? {
        try store.read { try $0.command(caller: "shop", key: "k1", at: .noon.advanced(by: .hours(hours))) }
    }

    @Test func `is found for 24 hours, and after 32 no more`() throws {
        let store = try Store.inMemory()
        try store.write { [row] transaction in try transaction.insert(row, at: .noon) }
        for hours in [0, 1, 7, 8, 9, 16, 23, 24] as [Int64] {
            #expect(try found(store, after: hours) == row, "\(hours)")
        }
        #expect(try found(store, after: 32) == nil)
        #expect(try store.read { try $0.command(caller: "other", key: "k1", at: .noon) } == nil)
        #expect(try store.read { try $0.command(caller: "shop", key: "k2", at: .noon) } == nil)
    }

    @Test func `may be a refusal, but not nothing`() throws {
        let store = try Store.inMemory()
        var refused = row
        refused.stream = nil
        refused.version = nil
        refused.refusal = #"{"unknownOrder":"a"}"#
        try store.write { [refused] transaction in try transaction.insert(refused, at: .noon) }
        #expect(try found(store, after: 0) == refused)
        refused.key = "k2"
        refused.refusal = nil
        let thrown = failure { try store.write { [refused] transaction in try transaction.insert(refused, at: .noon) } }
        #expect(thrown?.code == .constraint)
    }

    @Test func `keeps the first of two with one key`() throws {
        let store = try Store.inMemory()
        try store.write { [row] transaction in try transaction.insert(row, at: .noon) }
        let thrown = failure { try store.write { [row] transaction in try transaction.insert(row, at: .noon) } }
        #expect(thrown?.code == .constraint)
    }

    @Test func `is dropped when no look-up probes it any more, a bounded number at a time`() throws {
        let store = try Store.inMemory()
        try store.write { transaction in
            for (key, hours) in [("a", 0), ("b", 0), ("c", 8), ("d", 32)] as [(Text, Int64)] {
                let row = CommandRow(
                    caller: "shop", key: key, fingerprint: 1, stream: StreamNumber(1), version: 1, refusal: nil)
                try transaction.insert(row, at: .noon.advanced(by: .hours(hours)))
            }
        }
        func drop(after hours: Int64, limit: Int) throws -> Int {
            try store.write { try $0.dropOldCommands(at: .noon.advanced(by: .hours(hours)), limit: limit) }
        }
        #expect(try drop(after: 24, limit: 500) == 0)
        #expect(try drop(after: 32, limit: 1) == 1)
        #expect(try drop(after: 32, limit: 500) == 1)
        #expect(try drop(after: 32, limit: 500) == 0)
        #expect(try drop(after: 40, limit: 500) == 1)
    }

    @Test func `has a place before 1970 too`() throws {
        let store = try Store.inMemory()
        let early = Moment(milliseconds: -1)
        try store.write { [row] transaction in try transaction.insert(row, at: early) }
        #expect(try store.read { try $0.command(caller: "shop", key: "k1", at: Moment(milliseconds: 1)) } == row)
    }
}

@Suite struct `Refusals` {
    @Test func `are kept to the last 20 of an order, the newest first`() throws {
        let store = try Store.inMemory()
        try store.write { transaction in
            for number in 1...50 { try transaction.append(RefusalRow.sample(4, Text("\(number)"))) }
            try transaction.append(RefusalRow.sample(5, "other"))
        }
        let kept = try store.read { try $0.refusals(of: StreamNumber(4), limit: 100) }
        #expect(kept.map(\.detail.string) == (31...50).reversed().map(String.init))
        #expect(try store.read { try $0.refusals(of: StreamNumber(5), limit: 100) }.count == 1)
    }

    @Test func `of no order are kept to the last 10,000`() throws {
        let store = try Store.inMemory()
        try store.write { transaction in
            for number in 1...10_010 { try transaction.append(RefusalRow.sample(nil, Text("\(number)"))) }
        }
        let kept = try store.read { try $0.refusals(of: nil, limit: 20_000) }
        #expect(kept.count == 10_000)
        #expect(kept.first?.detail == "10010")
        #expect(kept.last?.detail == "11")
    }
}

/// The writer remembers which keys are surely new, and must never take a used one for new.
@Suite struct `A key that was used before` {
    private func row(_ key: Text) -> CommandRow {
        CommandRow(caller: "shop", key: key, fingerprint: 1, stream: StreamNumber(1), version: 1, refusal: nil)
    }

    /// As the writer sees it, in a write of its own.
    private func isFound(_ key: Text, in store: Store, after hours: Int64 = 0) throws -> Bool {
        try store.write { transaction in
            try transaction.command(caller: "shop", key: key, at: .noon.advanced(by: .hours(hours))) != nil
        }
    }

    @Test func `is found by the writer among many, in each generation, and new ones are not`() throws {
        let store = try Store.inMemory()
        for hours in stride(from: Int64(0), through: 64, by: 8) {
            try store.write { transaction in
                for number in 0..<500 {
                    try transaction.insert(row("\(hours)-\(number)"), at: .noon.advanced(by: .hours(hours)))
                }
            }
            for number in 0..<500 {
                #expect(try isFound("\(hours)-\(number)", in: store, after: hours))
                #expect(try isFound("\(max(0, hours - 24))-\(number)", in: store, after: hours))
                #expect(try !isFound("new-\(number)", in: store, after: hours))
            }
        }
    }

    @Test func `is found after the file was opened again, and when the clock has stepped back`() throws {
        let file = try TemporaryFile()
        let first = try Store.open(file.path)
        try first.write { transaction in try transaction.insert(row("old"), at: .noon) }
        first.close()
        let store = try Store.open(file.path)
        #expect(try !isFound("new", in: store))
        #expect(try isFound("old", in: store))
        try store.write { transaction in try transaction.insert(row("new"), at: .noon) }
        #expect(try isFound("new", in: store))
        try store.write { transaction in try transaction.insert(row("late"), at: .noon.advanced(by: .hours(800))) }
        #expect(try isFound("late", in: store, after: 800))
        #expect(try isFound("old", in: store), "the clock is back at noon")
    }

    @Test func `is found when a write that deleted it was undone`() throws {
        struct Stop: Error {}
        let file = try TemporaryFile()
        let first = try Store.open(file.path)
        try first.write { transaction in try transaction.insert(row("old"), at: .noon) }
        first.close()
        let store = try Store.open(file.path)
        #expect(throws: Stop.self) {
            try store.write { transaction in
                #expect(try transaction.dropOldCommands(at: .noon.advanced(by: .hours(800))) == 1)
                // Now its generation is empty, as this write sees it.
                #expect(try transaction.command(caller: "shop", key: "old", at: .noon) == nil)
                throw Stop()
            }
        }
        #expect(try isFound("old", in: store))
    }
}
