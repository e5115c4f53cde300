import WaybillCore
import WaybillStore

/// The third step of a receive: reading what lies where a scan points to, and selecting among it.
extension Receiver {
    /// Rows of redeliveries that are read at once.
    private static let rowsPerRead = 64

    /// Reads within the bytes of one batch, and says of each message what is to become of it. A scan that cannot be
    /// read is ended.
    func read(_ scan: Scan) throws -> [Candidate] {
        do {
            switch scan.source {
            case .fresh(let offsets): return try readMessages(scan, at: offsets)
            case .ready(let after, _): return try readRows(scan, after: after)
            }
        } catch {
            groups.end(scan, found: [], tookAll: false)
            throw error
        }
    }

    private func readMessages(_ scan: Scan, at offsets: [Int64]) throws -> [Candidate] {
        try store.read { rows in
            var found: [Candidate] = []
            var bytes = 0
            for offset in offsets {
                var one = Candidate(offset: offset)
                guard try look(at: &one, scan, rows, isFirst: found.isEmpty) else { break }
                bytes += one.content == nil ? 0 : one.bytes
                found.append(one)
                if bytes > scan.bytesMax { break }
            }
            return found
        }
    }

    /// Messages whose rows are ready, but for those that another consumer is about to take.
    private func readRows(_ scan: Scan, after: Int64) throws -> [Candidate] {
        var rows: [RedeliveryRow] = []
        var mine: Set<Int64> = []
        // Rows that others are about to take are passed over, a page at a time.
        for _ in 0..<OpenBatch.scansMax {
            let last = rows.last?.offset ?? after
            rows = try store.read { rows in
                try rows.redeliveries(
                    of: scan.key.group, in: scan.key.queue, state: .ready, after: last, limit: Self.rowsPerRead)
            }
            mine = groups.want(rows.map(\.offset), of: scan.key)
            guard mine.isEmpty, rows.count == Self.rowsPerRead else { break }
        }
        var unread = mine
        defer { groups.release(unread, of: scan.key) }
        let found = try store.read { snapshot in
            var found: [Candidate] = []
            var bytes = 0
            for row in rows where mine.contains(row.offset) {
                var one = Candidate(row)
                guard try look(at: &one, scan, snapshot, isFirst: found.isEmpty) else { break }
                bytes += one.content == nil ? 0 : one.bytes
                found.append(one)
                if scan.takesRuns, one.content != nil, bytes <= scan.bytesMax {
                    bytes += try readFollowers(of: row, scan, snapshot, into: &found, bytesMax: scan.bytesMax - bytes)
                }
                if bytes > scan.bytesMax { break }
            }
            return found
        }
        unread.subtract(found.map(\.offset))
        return found
    }

    /// Messages that wait behind a ready one of their message group, as many as there is room for: they may be had
    /// together with it. Answers how many bytes they have.
    private func readFollowers(
        of row: RedeliveryRow, _ scan: Scan, _ rows: borrowing Snapshot, into found: inout [Candidate], bytesMax: Int
    ) throws -> Int {
        let room = scan.max - found.count { $0.content != nil }
        guard let messageGroup = row.messageGroup, room > 0 else { return 0 }
        var bytes = 0
        for next in try rows.redeliveries(
            of: row.group, in: row.queue, messageGroup: messageGroup, after: row.offset, limit: room)
        {
            var one = Candidate(next)
            one.follows = true
            guard next.state == .behind, bytes <= bytesMax, try look(at: &one, scan, rows, isFirst: false), !one.isLeft
            else { break }
            bytes += one.content == nil ? 0 : one.bytes
            found.append(one)
        }
        return bytes
    }

    /// Reads one message. A row that makes no sense harms nothing else: an ordinary group passes it over. In a FIFO
    /// group what comes behind it might overtake it, so it ends the scan.
    ///
    /// - Returns: false: the scan ends before it.
    private func look(
        at one: inout Candidate, _ scan: Scan, _ rows: borrowing Snapshot, isFirst: Bool
    ) throws -> Bool {
        do {
            try select(&one, scan, rows)
        } catch {
            if let failure = error as? StoreFailure, failure.code != .damaged || failure.endsTheStore { throw error }
            guard !scan.isFIFO else {
                if isFirst { throw error }
                return false
            }
            one.verdict = .unreadable(error)
        }
        return true
    }
}
