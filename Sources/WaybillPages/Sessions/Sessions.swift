import Synchronization
import WaybillAccess
package import WaybillCore

/// Who has signed in at this process. Sessions are in memory only: a server that starts again asks again.
package final class Sessions: Sendable {
    private static let lasts = Interval.hours(12)
    private static let idleMax = Interval.hours(1)
    private static let countMax = 1_000

    /// Who a session is.
    enum Holder: Hashable, Sendable {
        /// The holder of a token, by the token's id: it is looked at with each request.
        case token(Text)
        /// Who typed the code that the server printed where it was started.
        case firstCode
    }

    private struct Session {
        let holder: Holder
        let began: Moment
        var seen: Moment
    }

    private let sessions = Mutex<[Text: Session]>([:])
    private let random: @Sendable () -> UInt64

    package init(random: @escaping @Sendable () -> UInt64) { self.random = random }

    /// Begins a session; its id goes into a cookie and nowhere else. The oldest one ends when there are too many.
    func begin(_ holder: Holder, at now: Moment) -> Text {
        let id = Text((0..<4).map { _ in Text.hexadecimal(random()) }.joined())
        sessions.withLock { sessions in
            sessions = sessions.filter { !Self.isOver($0.value, at: now) }
            if sessions.count >= Self.countMax, let oldest = sessions.min(by: { $0.value.seen < $1.value.seen }) {
                sessions[oldest.key] = nil
            }
            sessions[id] = Session(holder: holder, began: now, seen: now)
        }
        return id
    }

    /// Whose session it is; nil: there is none of this id, or it is over.
    func holder(of id: Text, at now: Moment) -> Holder? {
        sessions.withLock { sessions in
            guard let session = sessions[id] else { return nil }
            guard !Self.isOver(session, at: now) else {
                sessions[id] = nil
                return nil
            }
            sessions[id]?.seen = now
            return session.holder
        }
    }

    func end(_ id: Text) { sessions.withLock { $0[id] = nil } }

    private static func isOver(_ session: Session, at now: Moment) -> Bool {
        now.since(session.began) > lasts || now.since(session.seen) > idleMax
            || now < session.began.advanced(by: -lasts)
    }
}

/// The code that a server without tokens prints where it is started. It works once, and for a quarter of an hour.
package final class FirstCode: Sendable {
    private static let lasts = Interval.minutes(15)
    private static let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
    private static let groups = 4

    /// As it is printed: `k3f9-…`, four groups of four letters.
    package let text: String
    private let until: Moment
    private let isUsed = Mutex(false)

    package init(random: () -> UInt64, now: Moment) {
        text = (0..<Self.groups).map { _ in
            var bits = random()
            return String(
                (0..<4).map { _ in
                    defer { bits >>= 16 }
                    return Self.letters[Int((bits & 0xFFFF) % UInt64(Self.letters.count))]
                })
        }.joined(separator: "-")
        until = now.advanced(by: Self.lasts)
    }

    /// Uses it up, when it is this one and still good.
    func use(_ sent: String, at now: Moment) -> Bool {
        let (sent, own) = (Array(sent.lowercased().utf8), Array(text.utf8))
        // Looks at every byte, so that the time taken tells nothing.
        let differences = zip(sent, own).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
        guard sent.count == own.count, differences == 0, now < until else { return false }
        return isUsed.withLock { isUsed in
            defer { isUsed = true }
            return !isUsed
        }
    }
}

/// Slows down who guesses: ten failures a minute from one address, then it waits, longer each time.
final class SignInBrake: Sendable {
    private static let failuresMax = 10
    private static let window = Interval.minutes(1)
    private static let waitMax = Interval.hours(1)
    private static let addressesMax = 1_000

    private struct Failures {
        var began: Moment
        var count = 0
        /// Until when nothing is tried; grows with each minute of failures.
        var until: Moment?
        var wait = SignInBrake.window
    }

    private struct State {
        var failures: [String: Failures] = [:]
        /// Failures that the audit has not been told of, and since when they are counted.
        var untold = 0
        var toldAt: Moment?
    }

    private let state = Mutex(State())

    /// How long an address has to wait; nil: it may try.
    func wait(of address: String, at now: Moment) -> Interval? {
        state.withLock { state in
            guard let until = state.failures[address]?.until, now < until else { return nil }
            return until.since(now)
        }
    }

    /// A failure of an address.
    ///
    /// - Returns: how many failures the audit should be told of now; nil: none, as it was told within the last minute.
    func fail(_ address: String, at now: Moment) -> Int? {
        state.withLock { state in
            if state.failures.count >= Self.addressesMax, state.failures[address] == nil {
                state.failures = state.failures.filter { now.since($0.value.began) < Self.waitMax }
                if state.failures.count >= Self.addressesMax { state.failures = [:] }
            }
            var failures = state.failures[address] ?? Failures(began: now)
            if now.since(failures.began) > Self.window {
                failures.count = 0
                failures.began = now
            }
            failures.count += 1
            if failures.count >= Self.failuresMax {
                failures.until = now.advanced(by: failures.wait)
                failures.wait = min(failures.wait * 2, Self.waitMax)
                failures.count = 0
            }
            state.failures[address] = failures
            state.untold += 1
            if let told = state.toldAt, now.since(told) < Self.window { return nil }
            defer { (state.untold, state.toldAt) = (0, now) }
            return state.untold
        }
    }

    /// An address has signed in.
    func succeed(_ address: String) { state.withLock { $0.failures[address] = nil } }
}
