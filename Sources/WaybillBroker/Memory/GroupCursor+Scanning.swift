import WaybillCore
import WaybillStore

/// What a cursor remembers of scans, so that consumers by the same filter do not look at the same twice.
extension GroupCursor {
    /// Keeps ready rows for one scan while it takes them; answers those that no other scan keeps.
    mutating func want(_ offsets: [Int64]) -> Set<Int64> {
        let free = Set(offsets).subtracting(wanted)
        wanted.formUnion(free)
        if free.count < offsets.count {
            // Whether the other takes them is not known yet: it must not be concluded that nothing is ready.
            isOverlooked = true
            cleanSince = [:]
            foundNone = [:]
        }
        return free
    }

    /// Ends a scan; answers whether it leaves something that others have not seen.
    mutating func end(_ scan: Scan, found: [Candidate], tookAll: Bool) -> Bool {
        for one in found {
            wanted.remove(one.offset)
            if let damage = one.damage { unreadable = (one.offset, "\(damage)") }
        }
        let filter = scan.filterNumber
        switch scan.source {
        case .ready(let after, let change):
            if found.contains(where: { $0.content != nil }) {
                cleanSince[filter] = nil
                // A consumer that looked meanwhile passed over the rows kept for this scan. Perhaps it saw no others,
                // and took that for the end of the list.
                foundNone[filter] = nil
            }
            // What follows a ready message was read because of it, and may lie behind others that are ready.
            if let last = found.last(where: { !$0.follows }) {
                // Rows that others may want are passed over.
                // What became ready meanwhile, behind what died in this very take perhaps, may lie before it.
                readyAfter[filter] = change == readyChanges ? (tookAll ? last.offset : after) : nil
            } else {
                // The end of the list: it begins again, unless nothing in it was wanted.
                readyAfter[filter] = nil
                if tookAll, change == readyChanges, cleanSince[filter] == change { foundNone[filter] = change }
            }
            // Others passed over the rows kept for this scan: they saw nothing, or not what lies behind them.
            guard !found.isEmpty else { return false }
            defer { isOverlooked = false }
            return !tookAll || isOverlooked
        case .fresh(let offsets):
            if scan.isAlone {
                isScanned = false
                if tookAll, let last = found.last { fresh = max(fresh, last.offset + 1) }
                defer { isScanAwaited = false }
                return isScanAwaited
            }
            // What was not read, or not taken, is looked at again; what others may want is not.
            let passed = Set(found.lazy.filter { $0.isLeft }.map(\.offset))
            if let first = offsets.first(where: { isFree($0) && !passed.contains($0) }) {
                next[filter] = min(next[filter] ?? first, first)
                return true
            }
            return false
        }
    }
}
