package import WaybillCore

/// The one real clock of a rush: microseconds since its opening, finer than World's milliseconds, because answers take
/// less than one.
struct RushClock: Sendable {
    private let began = ContinuousClock.now

    var microseconds: Int64 {
        let parts = began.duration(to: .now).components
        return parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000
    }

    /// Waits until a moment; at once when it is over, or when the task is cancelled.
    func wait(until microseconds: Int64) async {
        // Cancelled: whoever waits sees it itself.
        do {
            try await Task.sleep(until: began.advanced(by: .microseconds(microseconds)), clock: .continuous)
        } catch {}
    }
}

/// A real pause, for shops that are processes or servers.
package enum RushPause {
    package static func wait(_ length: Interval) async {
        let clock = RushClock()
        await clock.wait(until: length.milliseconds * 1_000)
    }
}
