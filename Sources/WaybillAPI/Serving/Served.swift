import Synchronization
package import WaybillAccess
import WaybillCore

/// What one server serves: a book, the tokens of its file, and whether it takes new work.
package final class Served: Sendable {
    package let book: ServedBook
    package let tokens: TokenTable
    package let settings: ServingSettings
    let cursor: Cursor
    /// The `source` of CloudEvents of this file.
    let source: Text
    private let state = Mutex(ServingState.ready)
    private let stops: AsyncStream<String>
    private let stopping: AsyncStream<String>.Continuation

    package init(_ book: ServedBook, tokens: TokenTable, settings: ServingSettings = ServingSettings()) throws {
        self.book = book
        self.tokens = tokens
        self.settings = settings
        let file = try book.fileID()
        cursor = Cursor(file: file)
        source = Text("urn:waybill:\(file)")
        (stops, stopping) = AsyncStream.makeStream(of: String.self)
    }

    /// How it is now.
    package var now: ServingState { state.withLock { $0 } }

    /// From now on it is so; what has stopped stays stopped.
    package func become(_ new: ServingState) {
        state.withLock { state in
            if case .stopped = state { return }
            state = new
        }
        switch new {
        case .ready: break
        case .stopping: stopping.finish()
        case .stopped(let why): stopping.yield(why)
        }
    }

    /// Waits until an earlier commit has failed, and answers why; nil: the server ends for another reason.
    package func stopped() async -> String? { await stops.first { _ in true } }
}

/// Whether a server takes new work.
package enum ServingState: Hashable, Sendable {
    case ready
    /// It ends; what is in line is finished.
    case stopping
    /// An earlier commit failed: why.
    case stopped(String)
}

/// How a server serves, as far as operations know of it.
package struct ServingSettings: Sendable {
    /// Whether callers need no token.
    package var isOpen = false
    /// What `/version` tells.
    package var version = "1"

    package init() {}
}
