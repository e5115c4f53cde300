import Testing
import WaybillCore
import WaybillStore

/// Reads whose time is bounded, because other programs wait for them.
@Suite struct `A bounded read` {
    private func store() throws -> Store {
        let store = try Store.inMemory()
        try store.write { transaction in
            for position in 1...1_000 { try transaction.append(.sample(Int64(position))) }
        }
        return store
    }

    private func events(_ snapshot: borrowing Snapshot) throws -> Int {
        try snapshot.events(after: Position(0), upTo: Position(1_000), limit: 1_000).count
    }

    @Test func `is cut off in the middle of a statement when its time is over`() throws {
        let store = try store()
        let time = ReadTime(seconds: 0.2, pageSeconds: 0.1)
        var hasBegun = false
        let thrown = failure {
            try ReadTime.$current.withValue(time) {
                try store.read { snapshot in
                    hasBegun = true
                    while !time.isOver {}
                    _ = try events(snapshot)
                }
            }
        }
        #expect(hasBegun && thrown?.code == .deadline, "\(String(describing: thrown))")
        #expect(try store.read(events) == 1_000, "the next read is not bounded")
    }

    @Test func `begins nothing when its time is over, and shares it with those before`() throws {
        let store = try store()
        let time = ReadTime(seconds: 0.2, pageSeconds: 0)
        try ReadTime.$current.withValue(time) { () throws in
            let found = try store.read(events)
            #expect(found == 1_000)
            #expect(time.isPageOver)
            while !time.isOver {}
            #expect(failure { _ = try store.read(events) }?.code == .deadline)
        }
        #expect(try store.read(events) == 1_000)
    }

    @Test func `bounds the rows of modules within it, however long they may take elsewhere`() throws {
        let store = try store()
        let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        let thrown = failure {
            try ReadTime.$current.withValue(ReadTime(seconds: 0.05, pageSeconds: 0.05)) {
                try store.read { snapshot in
                    try snapshot.withModuleTables(deadlineSeconds: 600) { tables in _ = try tables.rows(endless) }
                }
            }
        }
        #expect(thrown?.code == .deadline, "\(String(describing: thrown))")
    }
}
