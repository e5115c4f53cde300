import WaybillCore
import WaybillStore

/// What a receive has got so far, and where it looks next.
struct OpenBatch {
    /// Scans of one queue in one receive; each is a read, and a write where rows are taken.
    static let scansMax = 64

    let request: ReceiveRequest
    let admitted: Admitted
    /// Queues that may have something more for it.
    var queues: ArraySlice<StoredQueueNumber>
    /// Scans of the first of these queues.
    var scans = 0
    var deliveries: [Delivery] = []
    /// What was leased for it, in the order of the deliveries.
    private(set) var leases: [GrantedLease] = []
    /// As of which change it has seen all ready rows of the first of these queues: what is left of them is about to be
    /// taken by others. Nil: not all.
    var readySeen: UInt64?
    /// Why something could not be read, or not be leased: told when the receive gets nothing else.
    private(set) var failure: (any Error)?
    /// Something may be left that it could have taken.
    var mayHaveLeft = false
    private var bytes = 0
    /// Whether something was left because the batch has no bytes for it.
    private var hasNoBytes = false

    init(_ request: ReceiveRequest, _ admitted: Admitted) {
        self.request = request
        self.admitted = admitted
        queues = admitted.queues[...]
    }

    /// Messages that it has room for.
    var room: Int { request.max - deliveries.count }
    var bytesLeft: Int { admitted.readingBytes - bytes }

    /// Whether it takes nothing more. What may have ended a process before goes alone, to those who ask for that.
    var isFull: Bool {
        room <= 0 || hasNoBytes
            || !deliveries.isEmpty && request.isCautious && !leases.allSatisfy { $0.attempt == 1 }
    }

    var end: ReceiveEnd { mayHaveLeft ? .mayHaveLeft : .tookAll }

    /// Passes queues that have nothing for it.
    mutating func pass(_ count: Int) {
        guard count > 0 else { return }
        queues = queues.dropFirst(count)
        scans = 0
        readySeen = nil
    }

    /// Passes a queue from which nothing can be had now. What was leased before is delivered, and others are served.
    mutating func passQueue(because error: any Error) {
        failure = failure ?? error
        pass(1)
    }

    /// Counts what was leased of what a scan found.
    mutating func add(_ leased: [Leased], _ found: [Candidate], _ scan: Scan) {
        let added = leased.reduce(0) { $0 + $1.found.bytes }
        // Nothing more of the size of what was found.
        hasNoBytes =
            leased.count < scan.max
            && found.contains { $0.content != nil && !scan.hasRoom(for: $0, besides: leased.count, bytes: added) }
        bytes += added
        leases += leased.map(\.lease)
        if failure == nil { failure = found.lazy.compactMap(\.damage).first }
    }
}
