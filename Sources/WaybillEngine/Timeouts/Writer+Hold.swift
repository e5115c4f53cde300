import Synchronization
import WaybillBroker
package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// The hold of timeouts, as the writer sees it.
struct HeldTimeouts {
    let hold: TimeoutHold
    /// When it ends by itself, by uptime; nil: it does not.
    let end: Interval?
    /// Whether the file has its row.
    var isWritten: Bool

    /// - Parameter lengthMax: no hold that ends by itself stands longer, whatever a clock said when it began.
    init(_ hold: TimeoutHold, isWritten: Bool, at now: Moment, uptime: Interval, lengthMax: Interval) {
        self.hold = hold
        self.isWritten = isWritten
        end = hold.until.map { until in
            let left = min(max(until.since(now).milliseconds, 0), lengthMax.milliseconds)
            return Interval(milliseconds: uptime.milliseconds + left)
        }
    }

    func isOver(at uptime: Interval) -> Bool { end.map { $0 <= uptime } ?? false }
}

extension Writer {
    /// Holds timeouts of orders and deadlines of calls, or says who else does so now.
    func hold(_ hold: TimeoutHold) -> Result<Void, Refusal> {
        let before = held
        let result = ownWrite { write in
            held = heldTimeouts(hold, isWritten: true)
            try keep(hold, in: write)
        }
        if case .failure = result { held = before }
        return result
    }

    /// Lets them fire again, those that are overdue in order of their due times; false: nothing held them.
    func release(by caller: Text) -> Result<Bool, Refusal> {
        guard let before = held else { return .success(false) }
        let result = ownWrite { write in
            held = nil
            try write.transaction.releaseTimeouts()
            try note("$release", before.hold, by: caller, in: write)
            return true
        }
        if case .failure = result { held = before }
        return result
    }

    /// A hold that has stood as long as it may ends.
    func endHoldWhenOver() {
        guard let held, held.isOver(at: world.uptime()) else { return }
        // What cannot be written now is tried again before the next write.
        _ = release(by: TimeoutHold.itself)
    }

    /// The row of a hold that the opening began with: written with the first write, so that opening to read changes
    /// nothing.
    func keepOpeningHold(in write: borrowing Write) throws {
        guard let held, !held.isWritten, !store.isLook else { return }
        try keep(held.hold, in: write)
    }

    private func keep(_ hold: TimeoutHold, in write: borrowing Write) throws {
        try write.transaction.hold(hold)
        try note("$hold", hold, by: hold.heldBy, in: write)
    }

    func heldTimeouts(_ hold: TimeoutHold, isWritten: Bool) -> HeldTimeouts {
        HeldTimeouts(
            hold, isWritten: isWritten, at: world.now(), uptime: world.uptime(), lengthMax: opening.length)
    }

    private func note(_ type: EventName, _ hold: TimeoutHold, by caller: Text, in write: borrowing Write) throws {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("held_by")
        writer.text(hold.heldBy)
        writer.key("since")
        writer.int(hold.since.milliseconds)
        writer.key("why")
        writer.text(hold.why)
        writer.endObject()
        var note = AuditNote(type, at: world.now(), body: writer.bytes)
        note.caller = caller
        try handler.append([note], in: write)
    }
}

extension Engine {
    /// Who holds timeouts of orders and deadlines of calls, and why; nil: they fire when they are due.
    package var timeoutHold: TimeoutHold? { vitals.now.hold }

    /// Holds them until they are released.
    package func holdTimeouts(by caller: Text, because why: Text) async throws(Refusal) {
        for (text, name) in [(caller, "the one who holds timeouts"), (why, "the reason of a hold")]
        where text.byteCount > TimeoutHold.bytesMax {
            throw .limit("bytes of \(name)", max: TimeoutHold.bytesMax)
        }
        try await withWriter { writer in
            writer.hold(TimeoutHold(heldBy: caller, since: writer.world.now(), why: why))
        }.get()
    }

    /// Lets them fire again; false: nothing held them.
    @discardableResult
    package func releaseTimeouts(by caller: Text) async throws(Refusal) -> Bool {
        guard caller.byteCount <= TimeoutHold.bytesMax else {
            throw .limit("bytes of the one who releases timeouts", max: TimeoutHold.bytesMax)
        }
        return try await withWriter { writer in writer.release(by: caller) }.get()
    }
}
