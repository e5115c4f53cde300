import WaybillCore

/// How long requests wait in virtual time: one writer, who takes all that waits, up to a bound, into one write, as the
/// engine does.
struct ServiceQueue {
    /// A request in line.
    struct Waiting {
        var request: ShopRequest
        var arrivedAt: Int64
    }

    /// What one write takes.
    struct Write {
        var waiting: [Waiting]
        var beganAt: Int64
        var endsAt: Int64
    }

    private let settings: RushScenario.Server
    private var line: [Waiting] = []
    private var first = 0
    private(set) var isWriting = false

    init(_ settings: RushScenario.Server) { self.settings = settings }

    var depth: Int { line.count - first }

    /// False: the line is full.
    mutating func add(_ request: ShopRequest, at moment: Int64) -> Bool {
        guard depth < settings.intakeDepthMax else { return false }
        line.append(Waiting(request: request, arrivedAt: moment))
        return true
    }

    /// Begins the next write; nil: nothing waits, or one is under way.
    mutating func begin(at moment: Int64) -> Write? {
        guard !isWriting, depth > 0 else { return nil }
        let end = min(line.count, first + settings.writeRequestsMax)
        let taken = Array(line[first..<end])
        first = end
        if first > 8_192, first * 2 > line.count {
            line.removeFirst(first)
            first = 0
        }
        isWriting = true
        let length =
            settings.commit.milliseconds * 1_000 + Int64(taken.count) * settings.perCommandMicroseconds
        return Write(waiting: taken, beganAt: moment, endsAt: moment + length)
    }

    mutating func endWrite() { isWriting = false }

    /// The process dies: what waits is gone, and so is the answer of the write at hand.
    mutating func die() -> [ShopRequest] {
        let lost = line[first...].map(\.request)
        line = []
        first = 0
        isWriting = false
        return lost
    }
}
