/// When the log is truncated next: a program outside that reads the file for long would else be waited for at each
/// write.
struct TruncationPace {
    private let bytesMax: Int
    private var step: Int
    private var next: Int
    /// How often it was tried.
    private(set) var attempts = 0

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
        step = bytesMax / 16
        next = bytesMax
    }

    /// Whether to try it at this size of the log.
    mutating func isDue(at bytes: Int) -> Bool {
        // Begun anew: what held it up is gone.
        if bytes < bytesMax { self = TruncationPace(bytesMax: bytesMax, attempts: attempts) }
        guard bytes >= next else { return false }
        attempts += 1
        return true
    }

    /// It was tried in vain: not before the log has grown by a step that doubles each time.
    mutating func wasHeldUp(at bytes: Int) {
        next = bytes + step
        step = min(step * 2, bytesMax)
    }

    private init(bytesMax: Int, attempts: Int) {
        self.init(bytesMax: bytesMax)
        self.attempts = attempts
    }
}
