import WaybillStore

/// Who is to blame for a write that was undone.
enum Blame {
    /// Nothing that the connection says can be relied on any more.
    case engine
    /// The disk is full, or another connection is in the way.
    case nobody
    /// What was being handled.
    case request

    init(_ error: any Error) {
        guard let failure = error as? StoreFailure else {
            self = .request
            return
        }
        switch failure.code {
        case .damaged: self = failure.endsTheStore ? .engine : .request
        case .failStopped, .inputOutput, .closed: self = .engine
        case .busy, .full, .readOnly, .cannotOpen, .locked: self = .nobody
        case .notADatabase, .foreign, .newer, .networkFileSystem, .constraint, .transactionEnded, .deadline, .denied,
            .statement, .limit:
            self = .request
        }
    }
}
