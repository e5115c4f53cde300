import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Warns of groups without consumers: what they are owed keeps messages from going, and goes first when a
/// topic is beyond its size.
///
/// It is said once, as an event of the journal, and again only when the group was used in between.
struct IdleGroups {
    /// Without a consumer for so long a group is idle.
    let idleAfter: Interval

    init(idleAfter: Interval) {
        precondition(idleAfter.milliseconds > 0, "a group is idle after some time, not at once")
        self.idleAfter = idleAfter
    }

    /// Looks at all groups; answers what is to be said.
    func step(in write: borrowing Write) throws -> [AuditNote] {
        let horizon = write.now.advanced(by: Interval(milliseconds: -idleAfter.milliseconds))
        var notes: [AuditNote] = []
        var walk = PageWalk(after: GroupNumber(0), by: \GroupRow.number)
        while let page = try walk.next({ try write.transaction.groups(after: $0, limit: $1) }) {
            for group in page where group.deletedAt == nil && !group.isBroadcast && group.lastUsedAt < horizon {
                guard try write.transaction.noteIdle(group.number, since: group.lastUsedAt) else { continue }
                notes.append(Self.note(of: group, at: write.now))
            }
        }
        return notes
    }

    private static func note(of group: GroupRow, at now: Moment) -> AuditNote {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("group")
        writer.text(group.name.text)
        writer.key("last_used_at")
        writer.int(group.lastUsedAt.milliseconds)
        writer.endObject()
        return AuditNote("$idle", at: now, body: writer.bytes)
    }
}
