package import GRPCServing
package import Logging
import NIOCore
import RocketMQProto
package import Waybill
package import WaybillAccess
import WaybillBroker
package import WaybillCore
import WaybillEngine

/// The face for RocketMQ 5 clients: what each may ask, and where it is answered.
///
/// | RPC | file |
/// |---|---|
/// | QueryRoute, QueryAssignment | `Routing/` |
/// | Telemetry, Heartbeat, NotifyClientTermination | `Presence/` |
/// | SendMessage, EndTransaction, RecallMessage | `Sending/` |
/// | ReceiveMessage, AckMessage, ChangeInvisibleDuration, ForwardMessageToDeadLetterQueue | `Receiving/` |
/// | PullMessage, UpdateOffset, GetOffset, QueryOffset, SyncLiteSubscription | `NotServed.swift` |
///
/// Each is answered from its request alone: nothing fails because a client's settings are not known.
package final class RocketMQFace: Sendable {
    let book: OrderBook
    let tokens: TokenTable
    let settings: RocketMQSettings
    let clients: ClientDirectory
    let waits = OpenWaits()
    let signatures: Signatures
    let sends = Bursts<Send>()
    let halfMessages = Bursts<Prepare>()
    let decisions = Bursts<Resolve>()
    let recalls = Bursts<Recall>()
    let acknowledgements = Bursts<AcknowledgeMany>()
    let invisibleTimes = Bursts<ChangeInvisible>()
    let surrenders = Bursts<GiveUp>()
    let kept = KeptBatches()
    let counts = FaceCounts()
    let labels = TopicLabels()

    package init(_ book: OrderBook, tokens: TokenTable, settings: RocketMQSettings) {
        self.book = book
        self.tokens = tokens
        self.settings = settings
        clients = ClientDirectory(book.engine)
        signatures = Signatures(fileKey: book.engine.key(for: RocketMQSecret.purpose))
    }

    var engine: Engine { book.engine }

    /// What it has answered, and who is there.
    package var numbers: FaceNumbers { counts.numbers(clients: clients.languages) }

    /// The clients that read for a group, by the names under which they hold deliveries.
    package func consumers(of group: GroupName) -> [Text: Consumer] { clients.consumers(of: group) }

    /// What is served.
    package var rpcs: [RPC] {
        [
            queryRoute, heartbeat, sendMessage, queryAssignment, receiveMessage, ackMessage,
            forwardMessageToDeadLetterQueue, changeInvisibleDuration, endTransaction, telemetry,
            notifyClientTermination, recallMessage,
        ] + notServed
    }

    /// A server of this face.
    package func server(
        _ settings: GRPCServer.Settings, logger: Logger, onRunning: @escaping @Sendable (Int) -> Void
    ) -> GRPCServer {
        var server = settings
        server.toHTTP1 = GRPCServer.Settings.http1(
            "This port speaks gRPC to RocketMQ 5 clients. The HTTP interface of Waybill is at another address.")
        server.otherProtocol = RemotingAnswer.to
        return GRPCServer(
            rpcs, settings: server, logger: logger, onRunning: onRunning,
            onStopping: { [waits] in waits.endAll() })
    }

    /// Does something that may wait, on a thread of the engine.
    @discardableResult
    func work(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        guard engine.world.virtualClock == nil else { return Task { await body() } }
        return Task(executorPreference: engine.threads) { await body() }
    }
}

/// How the face serves.
package struct RocketMQSettings: Sendable {
    /// Whether callers need no token.
    package var isOpen = false
    /// Where clients are to come, instead of where they have come from.
    package var advertised: [HostAndPort] = []
    /// Where a group begins that is made by its first consumer; nil: a group must be made before it is used.
    package var newGroupsStart: GroupStart? = .oldest
    /// The shortest time for which a delivery may be invisible, unless it renews itself.
    package var invisibleMin = Interval.seconds(1)
    package var invisibleMax = Interval.hours(12)
    /// The shortest wait of a receive, whatever it asks for: what ends early makes a client ask again at once.
    package var pollMin = Interval.seconds(1)
    package var pollMax = Interval.seconds(20)
    /// The longest delay of a message.
    package var delayMax = Interval.days(366)

    package init() {}
}

/// Where something is to be reached.
package struct HostAndPort: Hashable, Sendable {
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}
