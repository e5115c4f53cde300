import WaybillCore
import WaybillStore
import WaybillTimeouts

/// What an opening finds out about time, and what it leaves for the next one.
extension Writer {
    /// Finds out whether timeouts are held, and whether what is old may be deleted yet.
    func open(because reason: Text?) throws {
        let now = world.now()
        let (stored, found, last) = try store.read { [opening, isReal = world.virtualClock == nil] rows in
            (
                try rows.timeoutHold(), isReal ? try opening.wanted(at: now, in: rows) : nil,
                isReal ? try opening.lastWrite(in: rows) : nil
            )
        }
        let wanted = reason.map { TimeoutHold(heldBy: "operator", since: now, why: $0) }
        if let stored, stored.until == nil || wanted == nil {
            held = heldTimeouts(stored, isWritten: true)
        } else if let hold = wanted ?? found {
            held = heldTimeouts(hold, isWritten: false)
        }
        if let last, now.since(last) > opening.gapMax {
            deletesAfter = world.uptime() + opening.length
        }
    }

    /// Whether what is old enough may be deleted: not while the clock is in doubt.
    var deletesByAge: Bool { !timeouts.isHeld && deletesAfter.map { $0 <= world.uptime() } ?? true }

    /// Says now and then that a process has the file open: an opening much later was not an outage of the shop alone.
    func noteLife(in write: borrowing Write) throws {
        guard world.virtualClock == nil, deletesByAge else { return }
        if let livedAt, write.now.since(livedAt) < Self.lifeEvery { return }
        livedAt = write.now
        try write.transaction.set(.livedAt, to: write.now.milliseconds)
    }

    /// The next note is due at once.
    func livesNow() { livedAt = nil }

    /// How often the file is told that a process has it open.
    private static var lifeEvery: Interval { .minutes(10) }
}
