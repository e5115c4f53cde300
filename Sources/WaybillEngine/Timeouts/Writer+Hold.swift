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
    func hold(
        _ hold: TimeoutHold, by origin: Origin, form: (TimeoutHold) -> Text
    ) -> Result<GivenAnswer<TimeoutHold>, Refusal> {
        let before = held
        let result = ownWrite(for: origin, form: form) { write in
            held = heldTimeouts(hold, isWritten: true)
            try keep(hold, by: origin, in: write)
            return hold
        }
        if case .failure = result { held = before }
        return result
    }

    /// Lets them fire again, those that are overdue in order of their due times; false: nothing held them.
    func release(by origin: Origin, form: (Bool) -> Text = { "\($0)" }) -> Result<GivenAnswer<Bool>, Refusal> {
        if let refusal = refusalOfLate(origin) { return .failure(refusal) }
        let before = held
        // Without a key there is nothing to write down of a release that releases nothing.
        guard before != nil || origin.key != nil else { return .success(.now(false)) }
        let result = ownWrite(for: origin, form: form) { write in
            guard let before else { return false }
            held = nil
            try write.transaction.releaseTimeouts()
            try note("$release", before.hold, by: origin, in: write)
            return true
        }
        if case .failure = result { held = before }
        return result
    }

    /// A hold that has stood as long as it may ends.
    func endHoldWhenOver() {
        guard let held, held.isOver(at: world.uptime()) else { return }
        // What cannot be written now is tried again before the next write.
        _ = release(by: Origin(caller: TimeoutHold.itself))
    }

    /// The row of a hold that the opening began with: written with the first write, so that opening to read changes
    /// nothing.
    func keepOpeningHold(in write: borrowing Write) throws {
        guard let held, !held.isWritten, !store.isLook else { return }
        try keep(held.hold, by: Origin(caller: held.hold.heldBy), in: write)
    }

    private func keep(_ hold: TimeoutHold, by origin: Origin, in write: borrowing Write) throws {
        try write.transaction.hold(hold)
        // The hold itself says why.
        var origin = origin
        origin.reason = ""
        try note("$hold", hold, by: origin, in: write)
    }

    func heldTimeouts(_ hold: TimeoutHold, isWritten: Bool) -> HeldTimeouts {
        HeldTimeouts(
            hold, isWritten: isWritten, at: world.now(), uptime: world.uptime(), lengthMax: opening.length)
    }

    private func note(
        _ type: EventName, _ hold: TimeoutHold, by origin: Origin, in write: borrowing Write
    ) throws {
        let note = AuditNote(type, by: origin, at: world.now()) { writer in
            writer.key("held_by")
            writer.text(hold.heldBy)
            writer.key("since")
            writer.text(Text(hold.since.iso8601))
            writer.key("why")
            writer.text(hold.why)
        }
        try handler.audit([note], in: write)
    }
}

extension Engine {
    /// Who holds timeouts of orders and deadlines of calls, and why; nil: they fire when they are due.
    package var timeoutHold: TimeoutHold? { vitals.now.hold }

    /// Holds them until they are released.
    package func holdTimeouts(by caller: Text, because why: Text) async throws(Refusal) {
        _ = try await holdTimeouts(by: Origin(caller: caller, reason: why)) { _ in "" }
    }

    /// The same for a caller outside.
    package func holdTimeouts(
        by origin: Origin, form: @escaping @Sendable (TimeoutHold) -> Text
    ) async throws(Refusal) -> GivenAnswer<TimeoutHold> {
        let bounded = [(origin.caller, "the one who holds timeouts"), (origin.reason, "the reason of a hold")]
        for (text, name) in bounded where text.byteCount > TimeoutHold.bytesMax {
            throw .limit("bytes of \(name)", max: TimeoutHold.bytesMax)
        }
        return try await withWriter { writer in
            let hold = TimeoutHold(heldBy: origin.caller, since: writer.world.now(), why: origin.reason)
            return writer.hold(hold, by: origin, form: form)
        }.get()
    }

    /// Lets them fire again; false: nothing held them.
    @discardableResult
    package func releaseTimeouts(by caller: Text) async throws(Refusal) -> Bool {
        switch try await releaseTimeouts(by: Origin(caller: caller), form: { "\($0)" }) {
        case .now(let wasHeld): wasHeld
        case .before: false
        }
    }

    /// The same for a caller outside.
    package func releaseTimeouts(
        by origin: Origin, form: @escaping @Sendable (Bool) -> Text
    ) async throws(Refusal) -> GivenAnswer<Bool> {
        guard origin.caller.byteCount <= TimeoutHold.bytesMax else {
            throw .limit("bytes of the one who releases timeouts", max: TimeoutHold.bytesMax)
        }
        return try await withWriter { writer in writer.release(by: origin, form: form) }.get()
    }

    /// An operator says that the wall clock is right; an event `$clock` of the journal says who, and why.
    package func confirmClock(
        by origin: Origin, form: @escaping @Sendable () -> Text
    ) async throws(Refusal) -> GivenAnswer<Void> {
        let isHeld = isClockHeld
        let given = try await withWriter { writer in
            writer.ownWrite(for: origin, form: form) { write in
                writer.broker.note(Act("$clock", ["was_held": .flag(isHeld)]), by: origin, in: write)
                try writer.flush(in: write)
            }
        }.get()
        if case .now = given { confirmClock() }
        return given
    }
}
