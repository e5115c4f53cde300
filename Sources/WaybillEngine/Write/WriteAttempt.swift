import WaybillCore
import WaybillStore
import WaybillTimeouts

/// What one attempt at a write has come to.
struct WriteAttempt {
    /// What is being handled: to blame when the write is undone.
    enum Current {
        case request(Int)
        case timeout(TimeoutKey)
        case nothing
    }

    let culprits: Culprits
    /// Of each request that it has come to: whether it has its reply.
    var isAnswered: [Bool] = []
    var kept = KeptPlaces()
    var current = Current.nothing
    var nextDue: NextDue
    /// How late the timeouts were that it has fired.
    var lateness: [Lateness] = []
    /// The same of timeouts of messages.
    var lateOfMessages: [Lateness] = []
    /// Timeouts that have fired, and rounds in which none has.
    var fired = 0
    /// Where the search for due timeouts of a history's orders goes on.
    var searched: [TimeoutKind: TimeoutKey] = [:]
    var hasFiredAll = true

    init(besides culprits: Culprits, nextDue: NextDue) {
        self.culprits = culprits
        self.nextDue = nextDue
    }
}

/// What earlier attempts at a write have found out: what the next one leaves out, and how it is made.
struct Culprits {
    /// Requests that cannot be written, with what their callers are told.
    private(set) var requests: [Int: Refusal] = [:]
    /// Timeouts whose handling threw, with what it threw: they are put off.
    private(set) var timeouts: [TimeoutKey: Text] = [:]
    /// Whether changed rows are written after each request and timeout instead of once at the end.
    private(set) var flushesEach = false

    /// Adds what was being handled when an attempt failed; false: an attempt that took it into account has failed
    /// already, so another would fail too.
    mutating func add(_ current: WriteAttempt.Current, _ error: any Error) -> Bool {
        switch current {
        case .request(let index):
            requests[index] = .undone("\(error)")
        case .timeout(let key):
            guard timeouts[key] == nil else { return false }
            timeouts[key] = Text("\(error)")
        case .nothing:
            // Changed rows could not be written at the end: whose they are, the next attempt tells.
            guard !flushesEach else { return false }
            flushesEach = true
        }
        return true
    }
}
