import Foundation
import Testing
import WaybillCore
import WaybillStore

/// SQLite cuts a log at the first frame that is not whole, and what lay behind is lost without a word. So the store
/// looks before SQLite does.
@Suite struct `A damaged log` {
    /// Twelve events, each in a commit of its own behind the last checkpoint: the first lies in the file.
    private func shop() throws -> TemporaryFile {
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        try store.write { transaction in try transaction.append(.sample(1)) }
        try store.checkpointWhenIdle()
        for position in 2...12 {
            try store.write { transaction in try transaction.append(.sample(Int64(position))) }
        }
        defer { store.close() }
        return try file.crashed()
    }

    private func lastEvent(of file: TemporaryFile) throws -> Int64 {
        let store = try Store.open(file.path)
        defer { store.close() }
        return try store.read { try $0.journalEnd() }.position.number
    }

    @Test func `is refused whichever bit of it has changed, and the file stays as it is`() throws {
        let shop = try shop()
        let log = try WriteAheadLog(of: shop.path)
        let commits = log.commits
        let last = try #require(commits.dropLast().last)
        var places = Array(0..<32)
        for frame in 1...log.frameCount {
            let start = log.offset(ofFrame: frame)
            places += Array(start..<start + 24) + [start + 24, start + 700, start + log.frameBytes - 1]
        }
        for (index, place) in places.enumerated() {
            var flipped = log
            flipped.flip(byte: place, bit: index % 8)
            try flipped.write(beside: shop.path)
            let before = (try shop.contents(), try shop.contents("-wal"))
            let frame = place < 32 ? 0 : (place - 32) / log.frameBytes + 1
            // A frame that suddenly carries a commit size counts as a commit more, one that has lost its only bit of it
            // as one less.
            let more = frame > 0 ? flipped.commits.count - commits.count : 0
            if frame > last, more <= 0 {
                // The last commit counts as cut by a crash.
                let crashed = try shop.crashed()
                #expect(try lastEvent(of: crashed) == 11, "byte \(place)")
                continue
            }
            let refused = failure { _ = try Store.open(shop.path) }
            #expect(refused?.code == .damaged, "byte \(place)")
            let kept = frame == 0 ? 0 : commits.count { $0 < frame }
            #expect(
                refused?.message.contains("last event before it is \(1 + kept)") == true, "\(refused?.message ?? "")")
            #expect(
                refused?.message.contains("\(11 - kept + more) commit") == true,
                "\(refused?.message ?? "")")
            #expect(refused?.message.contains("waybill recover") == true)
            #expect(try shop.contents() == before.0 && shop.contents("-wal") == before.1, "byte \(place)")
        }
    }

    @Test func `is found in a log of either order of bytes, of which the whole one opens`() throws {
        let shop = try shop()
        var log = try WriteAheadLog(of: shop.path)
        log.sum(frames: 1...log.frameCount, isBigEndian: true)
        try log.write(beside: shop.path)
        #expect(try lastEvent(of: try shop.crashed()) == 12)
        log.flip(byte: log.offset(ofFrame: 2) + 100, bit: 3)
        try log.write(beside: shop.path)
        #expect(failure { _ = try Store.open(shop.path) }?.code == .damaged)
    }

    @Test(arguments: [1, 3, 6])
    func `is moved aside by recover, which keeps what is before the damage`(event: Int64) throws {
        let shop = try shop()
        var log = try WriteAheadLog(of: shop.path)
        log.flip(byte: log.offset(ofFrame: log.commits[Int(event) - 1]) + 50, bit: 1)
        try log.write(beside: shop.path)
        let recovery = try #require(try Store.recover(shop.path))
        #expect(recovery.lastEvent == event)
        #expect(recovery.lostCommits == 12 - Int(event))
        let damaged = try Data(contentsOf: URL(fileURLWithPath: recovery.movedTo))
        #expect(damaged == Data(log.bytes))
        #expect(try Store.recover(shop.path) == nil)
        #expect(try lastEvent(of: shop) == event)
        #expect(try shop.rows("PRAGMA integrity_check") == "ok\n")
    }

    @Test func `whose header is damaged leaves what is in the file`() throws {
        let shop = try shop()
        var log = try WriteAheadLog(of: shop.path)
        log.flip(byte: 17, bit: 0)
        try log.write(beside: shop.path)
        let recovery = try #require(try Store.recover(shop.path))
        #expect(recovery.lastEvent == 1)
        #expect(recovery.lostCommits == 11)
        #expect(try lastEvent(of: shop) == 1)
    }

    @Test func `that was brought into the file already loses nothing by recover`() throws {
        let shop = try shop()
        let whole = try shop.crashed()
        try whole.execute("PRAGMA wal_checkpoint(PASSIVE)")
        // SQLite's shell has checkpointed and deleted the log; with the damaged one beside it the file is complete.
        var log = try WriteAheadLog(of: shop.path)
        log.flip(byte: log.offset(ofFrame: 3) + 50, bit: 1)
        try log.write(beside: whole.path)
        #expect(failure { _ = try Store.open(whole.path) }?.code == .damaged)
        let recovery = try #require(try Store.recover(whole.path))
        #expect(recovery.lostCommits == 0)
        #expect(try lastEvent(of: whole) == 12)
    }

    /// A checkpoint has brought six commits into the file, and the damage lies in the third.
    @Test func `that was brought into the file in part is left to a backup`() throws {
        let shop = try shop()
        let log = try WriteAheadLog(of: shop.path)
        let start = try WriteAheadLog(Array(log.bytes.prefix(log.offset(ofFrame: log.commits[5] + 1))))
        try start.write(beside: shop.path)
        try shop.execute("PRAGMA wal_checkpoint(PASSIVE)")
        var damaged = log
        damaged.flip(byte: log.offset(ofFrame: log.commits[2]) + 50, bit: 1)
        try damaged.write(beside: shop.path)
        let before = try shop.contents()
        let refused = failure { _ = try Store.recover(shop.path) }
        #expect(refused?.code == .damaged)
        #expect(refused?.message.contains("from behind the damage") == true, "\(refused?.message ?? "")")
        #expect(try shop.contents() == before && shop.contents("-wal") == Data(damaged.bytes))
    }

    @Test func `is not taken from a file that another program has open`() throws {
        let shop = try shop()
        var log = try WriteAheadLog(of: shop.path)
        log.flip(byte: log.offset(ofFrame: 3) + 50, bit: 1)
        let reader = try OutsideReader(of: shop)
        try log.write(beside: shop.path)
        #expect(failure { _ = try Store.recover(shop.path) }?.code == .busy)
        #expect(try shop.contents("-wal") == Data(log.bytes))
        reader.stop()
    }
}

/// What lies behind the end of any log is no damage.
@Suite struct `A log after a crash` {
    private func shop(events: Int) throws -> (file: TemporaryFile, log: WriteAheadLog) {
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        try store.write { transaction in try transaction.set("sign", to: 1) }
        try store.checkpointWhenIdle()
        for position in 1...events {
            try store.write { transaction in
                try transaction.append(.sample(Int64(position)))
                for index in 0..<4 { try transaction.insert(OrderRow.sample(Int64(position * 10 + index))) }
            }
        }
        defer { store.close() }
        let copy = try file.crashed()
        return (copy, try WriteAheadLog(of: copy.path))
    }

    private func lastEvent(of file: TemporaryFile) throws -> Int64 {
        let store = try Store.open(file.path)
        defer { store.close() }
        return try store.read { try $0.journalEnd() }.position.number
    }

    @Test func `opens when any pages of its last commit are not there yet`() throws {
        let (file, log) = try shop(events: 6)
        let start = try #require(log.commits.dropLast().last) + 1
        let frames = Array(start...log.frameCount)
        try #require(frames.count >= 3)
        for missing in frames {
            var torn = log
            torn.clear(log.offset(ofFrame: missing)..<log.offset(ofFrame: missing) + log.frameBytes)
            try torn.write(beside: file.path)
            #expect(try lastEvent(of: try file.crashed()) == 5, "frame \(missing)")
        }
    }

    /// The log goes over frames of an earlier use of the file: of the last commit, some pages are still those.
    @Test func `opens over frames of an earlier use, which carry commits of their own`() throws {
        let (file, log) = try shop(events: 9)
        let keep = log.commits[3]
        for missing in keep + 1...log.commits[4] {
            var torn = log
            for frame in [missing] + Array(log.commits[4] + 1...log.frameCount) {
                // Other salts, as a restart gives them, and whole among themselves.
                torn.put(77, at: log.offset(ofFrame: frame) + 8)
                torn.put(99, at: log.offset(ofFrame: frame) + 12)
                torn.put(12, at: log.offset(ofFrame: frame) + 4)
            }
            try torn.write(beside: file.path)
            #expect(try lastEvent(of: try file.crashed()) == 4, "frame \(missing)")
        }
    }

    @Test func `opens with the frames of an undone write behind its end`() throws {
        let (file, log) = try shop(events: 6)
        var spilled = log
        // A write that spilled these pages was undone; the next one went over its first frame.
        for frame in log.commits[3] + 2...log.frameCount { spilled.put(0, at: log.offset(ofFrame: frame) + 4) }
        spilled.sum(frames: 1...log.frameCount)
        spilled.flip(byte: log.offset(ofFrame: log.commits[3] + 1) + 100, bit: 0)
        try spilled.write(beside: file.path)
        #expect(try lastEvent(of: file) == 4)
    }

    @Test func `opens when only its header is there, and when it is empty or cut within a frame`() throws {
        let (file, log) = try shop(events: 3)
        for count in [0, 20, 32, 40, 32 + 24, log.offset(ofFrame: 2)] {
            try Data(log.bytes.prefix(count)).write(to: URL(fileURLWithPath: file.path + "-wal"))
            #expect(try lastEvent(of: try file.crashed()) == 0, "\(count) bytes")
        }
        try Data(log.bytes.dropLast(100)).write(to: URL(fileURLWithPath: file.path + "-wal"))
        #expect(try lastEvent(of: file) == 2)
    }

    /// Two crashes in a row, each in the middle of a commit: the end of the first one's commit must not be taken for a
    /// whole commit behind the second's.
    @Test func `is cut behind its last commit when it is opened`() throws {
        let (file, log) = try shop(events: 6)
        var torn = log
        let start = log.commits[3] + 1
        torn.clear(log.offset(ofFrame: start)..<log.offset(ofFrame: start) + 24)
        torn.clear(log.offset(ofFrame: log.commits[4] + 1)..<log.bytes.count)
        try torn.write(beside: file.path)
        let store = try Store.open(file.path)
        let after = try WriteAheadLog(of: file.path)
        #expect(
            Array(after.bytes.prefix(log.offset(ofFrame: start))) == Array(log.bytes.prefix(log.offset(ofFrame: start)))
        )
        let behind = try #require(after.commits.last)
        #expect(after.frameCount == behind)
        store.close()
    }

    @Test func `of another program is left as it is`() throws {
        let (file, log) = try shop(events: 3)
        try file.overwrite(at: 68, with: [0x4D, 0x50, 0x42, 0x58])
        var foreign = log
        for frame in 1...log.frameCount where WriteAheadLog.number(log.bytes, log.offset(ofFrame: frame)) == 1 {
            foreign.put(0x4D50_4258, at: log.offset(ofFrame: frame) + 24 + 68)
        }
        foreign.sum(frames: 1...log.frameCount)
        try foreign.write(beside: file.path)
        let before = (try file.contents(), try file.contents("-wal"))
        #expect(failure { _ = try Store.open(file.path) }?.code == .foreign)
        #expect(try file.contents() == before.0 && file.contents("-wal") == before.1)
    }
}

@Suite struct `The schema of a file` {
    @Test(arguments: [
        ("CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM timeout; END", "the trigger t on the table event"),
        ("CREATE TRIGGER t AFTER INSERT ON Orders BEGIN SELECT 1; END", "the trigger t"),
        ("DROP INDEX event_by_stream", "the index event_by_stream is missing"),
        (
            """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = replace(sql, 'version > 0', 'version > 1') WHERE name = 'orders'
            """, "the text of the table orders has changed"
        ),
    ])
    func `that is not the engine's is damage`(sql: String, what: String) throws {
        let file = try TemporaryFile()
        try Store.open(file.path).close()
        try file.execute(sql)
        let refused = failure { _ = try Store.open(file.path) }
        #expect(refused?.code == .damaged)
        #expect(refused?.message.contains(what) == true, "\(refused?.message ?? "")")
    }

    @Test func `may have what modules add to it`() throws {
        let file = try TemporaryFile()
        try Store.open(file.path).close()
        try file.execute(
            """
            CREATE TABLE mine (a); CREATE INDEX mine_by_a ON mine (a);
            CREATE TRIGGER t AFTER INSERT ON mine BEGIN DELETE FROM mine WHERE a = 1; END; ANALYZE
            """)
        #expect(failure { _ = try Store.open(file.path) } == nil)
    }
}
