import Testing
import WaybillCore
import WaybillStore

@Suite struct `The shelves of keys` {
    /// More than one shelf holds.
    private static let many: Int64 = 70_000

    private func row(_ number: Int64) -> CommandRow {
        CommandRow(
            caller: "shop", key: Text("key-\(number)"), fingerprint: UInt64(number), stream: StreamNumber(1),
            version: 1, refusal: nil)
    }

    private func insert(_ numbers: ClosedRange<Int64>, into store: Store) throws {
        try store.write { transaction in
            for number in numbers { try transaction.insert(row(number), at: .noon) }
        }
    }

    /// What the writer finds, and what a reader finds.
    private func found(_ number: Int64, in store: Store) throws -> [CommandRow?] {
        let key = Text("key-\(number)")
        return [
            try store.write { try $0.command(caller: "shop", key: key, at: .noon) },
            try store.read { try $0.command(caller: "shop", key: key, at: .noon) },
        ]
    }

    private func shelves(_ file: TemporaryFile) throws -> String {
        try file.rows("SELECT shelf, count(*) FROM command GROUP BY shelf; SELECT shelf FROM command_shelf")
    }

    @Test func `are filled one after the other, and each key is found on its own`() throws {
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        try insert(1...Self.many, into: store)
        for number in [1, 65_536, 65_537, Self.many] {
            #expect(try found(number, in: store) == [row(number), row(number)])
        }
        #expect(try found(0, in: store) == [nil, nil])
        store.close()
        #expect(try shelves(file) == "0|65536\n1|4464\n0\n1\n")
    }

    @Test func `that are full when the file is opened are searched, before they are learned and after`() throws {
        let file = try TemporaryFile()
        let first = try Store.open(file.path)
        try insert(1...Self.many, into: first)
        first.close()
        let store = try Store.open(file.path)
        #expect(try found(Self.many, in: store) == [row(Self.many), row(Self.many)])
        try insert(100_001...100_001, into: store)
        var steps = 0
        while try store.write({ try $0.learnKeys(limit: 10_000) }) { steps += 1 }
        // Seven rounds for the full shelf, one for the other.
        #expect(steps == 8)
        for number in [1, 65_536, 65_537, Self.many, 100_001] {
            #expect(try found(number, in: store) == [row(number), row(number)], "\(number)")
        }
        #expect(try found(0, in: store) == [nil, nil])
        store.close()
        #expect(try shelves(file) == "0|65536\n1|4464\n2|1\n0\n1\n2\n")
    }

    @Test func `with few keys are filled on when the file is opened again`() throws {
        let file = try TemporaryFile()
        for number in 1...3 as ClosedRange<Int64> {
            let store = try Store.open(file.path)
            try insert(number...number, into: store)
            for earlier in 1...number { #expect(try found(earlier, in: store) == [row(earlier), row(earlier)]) }
            store.close()
        }
        #expect(try shelves(file) == "0|3\n0\n")
    }

    @Test func `begun in a write that is undone are begun again`() throws {
        struct Undone: Error {}
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        #expect(throws: Undone.self) {
            try store.write { transaction in
                try transaction.insert(row(1), at: .noon)
                throw Undone()
            }
        }
        try insert(1...65_536, into: store)
        #expect(throws: Undone.self) {
            try store.write { transaction in
                try transaction.insert(row(65_537), at: .noon)
                throw Undone()
            }
        }
        try insert(65_537...65_538, into: store)
        #expect(try found(65_537, in: store) == [row(65_537), row(65_537)])
        store.close()
        #expect(try shelves(file) == "0|65536\n1|2\n0\n1\n")
        let again = try Store.open(file.path)
        #expect(try found(65_538, in: again) == [row(65_538), row(65_538)])
    }
}
