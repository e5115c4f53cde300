import Synchronization
import Waybill
package import WaybillAccess
package import WaybillCore
package import WaybillEngine

/// What one server serves: a book, the tokens of its file, and whether it takes new work.
package final class Served: Sendable {
    package let book: ServedBook
    package let tokens: TokenTable
    package let settings: ServingSettings
    /// What may be asked: the list, and what the program that serves adds to it.
    package let operations: [Operation]
    let cursor: Cursor
    package let refusals = RefusalCounts()
    package let requests = RequestCounts()
    let inWork: RequestsInWork
    let documents = KeptDocuments()
    package let streams: OpenStreams
    package let polls = OpenPolls()
    package let connections: ConnectionCounts
    private let face = Mutex((@Sendable () -> RocketMQMetrics)?.none)
    private let directory = Mutex((@Sendable (GroupName) -> [Text: KnownConsumer])?.none)
    private let shown = Mutex(CertificateState?.none)
    let tail = JournalTail()
    let census = KeptCensus()
    /// The `source` of CloudEvents of this file.
    let source: Text
    private let state = Mutex(ServingState.ready)

    package init(_ book: ServedBook, tokens: TokenTable, settings: ServingSettings = ServingSettings()) throws {
        self.book = book
        self.tokens = tokens
        self.settings = settings
        streams = OpenStreams(settings.streams)
        connections = ConnectionCounts(settings.connections)
        operations = API.operations + settings.operations
        inWork = RequestsInWork(settings.inWork)
        let file = try book.fileID()
        cursor = Cursor(key: book.key(for: "cursors"))
        source = Text("urn:waybill:\(file)")
    }

    /// How it is now.
    package var now: ServingState { state.withLock { $0 } }

    /// The certificate that it shows; nil: it serves without TLS.
    package var certificate: CertificateState? {
        get { shown.withLock { $0 } }
        set { shown.withLock { $0 = newValue } }
    }

    /// What tells the numbers of the face for RocketMQ clients; nil: there is none.
    package var rocketMQ: (@Sendable () -> RocketMQMetrics)? {
        get { face.withLock { $0 } }
        set { face.withLock { $0 = newValue } }
    }

    /// What tells of the RocketMQ clients of a group, by the names under which they hold deliveries; nil: there is no
    /// face for them.
    package var consumers: (@Sendable (GroupName) -> [Text: KnownConsumer])? {
        get { directory.withLock { $0 } }
        set { directory.withLock { $0 = newValue } }
    }

    /// Notes the day on which a token is used: in memory, and by the first request of a day in the file.
    func noteUse(of principal: Principal) async {
        guard let id = principal.token else { return }
        let day = book.now.day
        guard tokens.noteUse(of: id, on: day) else { return }
        let engine = book.book.engine
        do {
            try await engine.noteUse(ofAccessToken: id, on: day)
        } catch {
            // The request is worth more than the note: memory has it, and the file gets that of the next day.
            return
        }
    }

    /// Counts a request that comes to no operation.
    package func countRefused(_ code: ProblemCode) {
        refusals.add(code)
        requests.add(RequestCounts.none, status: code.status, took: 0)
    }

    /// From now on it is so; what has stopped stays stopped.
    package func become(_ new: ServingState) {
        state.withLock { state in
            if case .stopped = state { return }
            state = new
        }
        if new != .ready { streams.stop() }
    }
}

/// What a face knows of a consumer beyond what the broker does.
package struct KnownConsumer: Sendable {
    package var library: GroupClient.Library
    package var heardAt: Moment

    package init(library: GroupClient.Library, heardAt: Moment) {
        self.library = library
        self.heardAt = heardAt
    }
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
    /// The address at which it serves without TLS beyond this machine, because a proxy is in front; nil: there is none.
    package var plainAddress: String?
    /// What `/version` tells.
    package var version = Release.version
    /// Where callers may have copies of the file made; nil: nowhere.
    package var backupFolder: String?
    /// Operations that the list does not have.
    package var operations: [Operation] = []
    /// Where a group begins that is made by its first consumer; nil: a group must be made before it is used.
    package var newGroupsStart: GroupStart? = .oldest
    /// How much may be in work at a time.
    package var inWork = RequestsInWork.Limits()
    /// Operations in many writes that may run at a time.
    package var operationsMax = 4
    /// How long the reads of one question may take; nil: as long as they need.
    package var readTime: ReadTimeLimits? = ReadTimeLimits(
        read: Interval(milliseconds: 250), page: Interval(milliseconds: 125))
    /// Spans of requests, for a tracer; nil: there is none.
    package var spans: RequestSpans?
    /// How many streams may be open.
    package var streams = OpenStreams.Limits()
    /// How many connections may be open.
    package var connections = ConnectionCounts.Limits()

    package init() {}
}
