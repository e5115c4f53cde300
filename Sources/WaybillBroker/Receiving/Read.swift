import WaybillCore
import WaybillStore

/// The third step of a receive: reading what lies where a scan points to, and selecting among it.
extension Receiver {
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
                try select(&one, scan, rows)
                bytes += one.content == nil ? 0 : one.bytes
                found.append(one)
                if bytes > scan.bytesMax { break }
            }
            return found
        }
    }

    /// Messages whose rows are ready, but for those that another consumer is about to take.
    private func readRows(_ scan: Scan, after: Int64) throws -> [Candidate] {
        let rows = try store.read { rows in
            try rows.redeliveries(of: scan.key.group, in: scan.key.queue, state: .ready, after: after, limit: 64)
        }
        let mine = groups.want(rows.map(\.offset), of: scan.key)
        var unread = mine
        defer { groups.release(unread, of: scan.key) }
        let found = try store.read { snapshot in
            var found: [Candidate] = []
            var bytes = 0
            for row in rows where mine.contains(row.offset) {
                var one = Candidate(row)
                try select(&one, scan, snapshot)
                bytes += one.content == nil ? 0 : one.bytes
                found.append(one)
                if bytes > scan.bytesMax { break }
            }
            return found
        }
        unread.subtract(found.map(\.offset))
        return found
    }
}
