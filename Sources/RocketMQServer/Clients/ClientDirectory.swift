import Crypto
import GRPCServing
import NIOCore
import RocketMQProto
import Synchronization
import WaybillBroker
package import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// A client of a caller.
struct ClientKey: Hashable, Sendable {
    let principal: Text
    let client: Text

    /// The name under which it holds deliveries: of another caller's client of the same name it gets none.
    var member: Text { ClientName.fitting("\(principal)/\(client)") }
}

/// A client that reads for a group, and when it was heard last.
package struct Consumer: Sendable {
    package let library: GroupClient.Library
    package let heardAt: Moment
}

/// Names of clients, of which the longest are known by their digests.
enum ClientName {
    private static let bytesMax = 255

    static func fitting(_ name: String) -> Text {
        guard name.utf8.count > bytesMax else { return Text(name) }
        let digits = SHA256.hash(data: Array(name.utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return Text(digits.joined())
    }
}

/// What is known of a connection.
struct ConnectionNote: Sendable {
    /// Who uses it.
    var clients: Set<ClientKey> = []
    /// The last signature that was right.
    var proof: Proof?
}

/// The clients that are there: by their calls, their streams and their connections.
///
/// ```
/// here ──its last connection is closed──► missing ──12 s without a word──► gone: others get what it holds
///  │  ▲                                      │
///  │  └──────────── it asks something ───────┘
///  └── it says that it goes ──► gone
/// ```
final class ClientDirectory: Sendable {
    /// What is known of a client.
    struct Client: Sendable {
        fileprivate(set) var language = ""
        fileprivate(set) var version = ""
        /// Where its last connection has come from.
        fileprivate(set) var address = ""
        /// The lane that its settings name.
        var lane: Text = ""
        /// How long it waits for an answer, as its settings say.
        var requestTimeout: Interval?
        fileprivate(set) var groups: Set<GroupName> = []
        fileprivate var connections = 0
        /// Streams in which it is told commands.
        fileprivate var streams = 0
        fileprivate var heardAt = Interval(milliseconds: 0)
    }

    fileprivate struct State {
        var clients: [ClientKey: Client] = [:]
        var counts: [Text: Int] = [:]
    }

    static let clientsMax = 50_000
    static let clientsPerCallerMax = 10_000
    /// Names of clients that one connection may be used by, and groups for which one client reads.
    static let clientsPerConnectionMax = 100
    static let groupsMax = 100
    /// Bytes of what a client says it is made of.
    private static let wordBytesMax = 64
    /// A client is gone when it has had no connection and sent nothing for this time.
    private static let missingMax = TimeAmount.seconds(12)

    private let engine: Engine
    private let state = Mutex(State())

    init(_ engine: Engine) { self.engine = engine }

    /// What is known of a client; nil: nothing.
    func client(_ key: ClientKey) -> Client? { state.withLock { $0.clients[key] } }

    /// How many clients there are, by language.
    var languages: [(language: String, count: Int)] {
        let counts = state.withLock { state in
            state.clients.values.reduce(into: [String: Int]()) {
                $0[ClientLanguage.label($1.language), default: 0] += 1
            }
        }
        return counts.sorted { $0.key < $1.key }.map { (language: $0.key, count: $0.value) }
    }

    /// Who reads for a group, by the names under which they hold deliveries.
    func consumers(of group: GroupName) -> [Text: Consumer] {
        let found = state.withLock { state in state.clients.filter { $0.value.groups.contains(group) } }
        let (now, uptime) = (engine.world.now(), engine.world.uptime())
        return Dictionary(
            found.map { key, client in
                let library = GroupClient.Library(
                    language: Text(client.language), version: Text(client.version), address: Text(client.address))
                let silence = Interval(milliseconds: (client.heardAt - uptime).milliseconds)
                return (key.member, Consumer(library: library, heardAt: now.advanced(by: silence)))
            }
        ) { $0.heardAt > $1.heardAt ? $0 : $1 }
    }

    /// Whether a client reads for a group.
    func isReading(_ key: ClientKey) -> Bool { state.withLock { $0.clients[key]?.groups.isEmpty == false } }

    /// A client has asked something.
    func hear(of caller: Caller, on connection: Connection) throws(Refused) {
        let key = caller.key
        let now = engine.world.uptime()
        let address = connection.remote
        // Calls of a connection come one after the other, so what is looked at here is so until it is noted.
        let (isFirstOfConnection, count) = connection.note { (note: inout ConnectionNote?) in
            (note?.clients.contains(key) != true, note?.clients.count ?? 0)
        }
        guard !isFirstOfConnection || count < Self.clientsPerConnectionMax else {
            throw Refused(
                .tooManyRequests, "the connection is used by \(count) clients; at most as many may share one")
        }
        let isNoted: Bool? = state.withLock { state in
            // One that went, and asks again on the same connection, is a new one.
            if let place = state.clients.index(forKey: key) {
                state.clients.values[place].heardAt = now
                guard isFirstOfConnection else { return false }
            }
            guard state.makeRoom(for: key) else { return nil }
            state.clients[key]?.heardAt = now
            state.clients[key]?.language = Self.word(caller.language)
            state.clients[key]?.version = Self.word(caller.version)
            state.clients[key]?.address = address
            state.clients[key]?.connections += 1
            return true
        }
        guard let isNoted else {
            throw Refused(.tooManyRequests, "too many clients are connected; at most \(Self.clientsPerCallerMax)")
        }
        // One that said goodbye and asks again is new, but its connection is known to end with it.
        guard isNoted, isFirstOfConnection else { return }
        connection.note { (note: inout ConnectionNote?) in
            var known = note ?? ConnectionNote()
            known.clients.insert(key)
            note = known
        }
        let loop = connection.loop
        connection.onClose { [weak self] in self?.disconnect(key, on: loop) }
    }

    private static func word(_ text: String) -> String {
        text.utf8.count > wordBytesMax ? String(text.prefix(wordBytesMax / 4)) : text
    }

    /// A client consumes for a group.
    func join(_ key: ClientKey, _ group: GroupName) throws(Refused) {
        let isAttached: Bool? = state.withLock { state in
            guard let client = state.clients[key] else { return false }
            guard client.groups.contains(group) || client.groups.count < Self.groupsMax else { return nil }
            state.clients[key]?.groups.insert(group)
            return client.streams > 0
        }
        guard let isAttached else {
            throw Refused(.badRequest, "the client reads for \(Self.groupsMax) groups; one may read for no more")
        }
        engine.see(key.member, of: group, isAttached: isAttached)
    }

    /// Its settings, as far as they say how it is served.
    func note(_ key: ClientKey, lane: Text, requestTimeout: Interval?) {
        state.withLock { state in
            state.clients[key]?.lane = lane
            state.clients[key]?.requestTimeout = requestTimeout
        }
    }

    /// A stream of commands to a client is open: as long as it is, the client counts as alive.
    func openStream(of key: ClientKey) {
        let groups = state.withLock { state in
            state.clients[key]?.streams += 1
            return state.clients[key]?.groups ?? []
        }
        for group in groups { engine.see(key.member, of: group, isAttached: true) }
    }

    func closeStream(of key: ClientKey) {
        let groups = state.withLock { state -> Set<GroupName> in
            guard let client = state.clients[key], client.streams > 0 else { return [] }
            state.clients[key]?.streams -= 1
            return client.streams == 1 ? client.groups : []
        }
        for group in groups { engine.detach(key.member, of: group) }
    }

    /// A client goes: what it holds is given to others.
    func remove(_ key: ClientKey, besides group: GroupName? = nil) {
        var groups = state.withLock { state in state.forget(key)?.groups ?? [] }
        if let group { groups.insert(group) }
        leave(groups, key)
    }

    private func leave(_ groups: Set<GroupName>, _ key: ClientKey) {
        for group in groups {
            engine.detach(key.member, of: group)
            // A group that is gone meanwhile has nothing to give back.
            engine.submit(Burst([(verb: Leave(group, client: key.member), end: nil)], of: key.principal)) { _ in }
        }
    }

    private func disconnect(_ key: ClientKey, on loop: any EventLoop) {
        let heardAt = state.withLock { state -> Interval? in
            guard let client = state.clients[key] else { return nil }
            state.clients[key]?.connections = max(0, client.connections - 1)
            return client.connections <= 1 ? client.heardAt : nil
        }
        guard let heardAt else { return }
        loop.scheduleTask(in: Self.missingMax) { [weak self] in self?.endIfMissing(key, since: heardAt) }
    }

    private func endIfMissing(_ key: ClientKey, since heardAt: Interval) {
        let groups = state.withLock { state -> Set<GroupName>? in
            guard let client = state.clients[key], client.connections == 0, client.heardAt == heardAt else {
                return nil
            }
            return state.forget(key)?.groups
        }
        if let groups { leave(groups, key) }
    }
}

extension ClientDirectory.State {
    /// Whether a client is known, or may be from now on.
    fileprivate mutating func makeRoom(for key: ClientKey) -> Bool {
        guard clients[key] == nil else { return true }
        guard clients.count < ClientDirectory.clientsMax,
            counts[key.principal, default: 0] < ClientDirectory.clientsPerCallerMax
        else { return false }
        clients[key] = ClientDirectory.Client()
        counts[key.principal, default: 0] += 1
        return true
    }

    fileprivate mutating func forget(_ key: ClientKey) -> ClientDirectory.Client? {
        guard let client = clients.removeValue(forKey: key) else { return nil }
        counts[key.principal, default: 1] -= 1
        if counts[key.principal] == 0 { counts[key.principal] = nil }
        return client
    }
}
