package import WaybillCore

/// Who asks, and what this principal may do.
package struct Principal: Hashable, Sendable {
    /// How the journal names it: keys are remembered within this name.
    package private(set) var name: Text
    /// The token by which it came; nil: it came through the socket, or the server is open.
    package let token: Text?
    package let grants: [Grant]
    private let isAdmin: Bool
    private let isOperator: Bool
    /// Whether it is the owner of the file, who alone may say on behalf of whom it asks.
    package private(set) var isOwner = false
    /// Whether its commands are sent without a role, which no face allows: a program that has the file open may.
    package private(set) var isUnchecked = false
    /// Whether it is a probe at an address where nothing else is served.
    package private(set) var isProbe = false

    package init(name: Text, token: Text? = nil, grants: [Grant]) {
        self.name = name
        self.token = token
        self.grants = grants
        isAdmin = grants.contains(.admin)
        isOperator = isAdmin || grants.contains(.operator)
    }

    /// The owner of the file, who may do everything: a process that can open the socket can open the file as well.
    package static let owner: Principal = {
        var owner = Principal(name: "owner", grants: [.admin, .payload])
        owner.isOwner = true
        return owner
    }()

    /// The owner, whose commands are not checked by their role: for a file that is open in this process.
    package static let unchecked: Principal = {
        var unchecked = owner
        unchecked.isUnchecked = true
        return unchecked
    }()

    /// The same on behalf of another caller, under its name; nil: it may ask for itself only.
    package func speaking(for caller: Text) -> Principal? {
        guard isOwner else { return nil }
        var principal = self
        principal.name = caller
        return principal
    }

    /// Any program that asks at the address for probes.
    package static let probe: Principal = {
        var probe = Principal(name: "probe", grants: [.metrics])
        probe.isProbe = true
        return probe
    }()

    /// Any caller of a server that was started open.
    package static let anyone = Principal(name: "open", grants: [.admin, .payload])

    /// Whether one of the rights is given.
    ///
    /// - Parameter resource: the value of a parameter of the path.
    package func may(_ need: Need, resource: (String) -> Text?) -> Bool {
        need.rights.contains { has($0, resource: resource) }
    }

    private func has(_ right: Right, resource: (String) -> Text?) -> Bool {
        switch right {
        case .nothing, .token: true
        case .viewer: isOperator || grants.contains(.viewer)
        case .operator: isOperator
        case .admin: isAdmin
        case .metrics: isAdmin || grants.contains(.metrics)
        case .stock: isAdmin || grants.contains(.stock)
        case .payload: mayReadPayload
        case .orders: isAdmin || !roles.isEmpty
        case .producer(let topic): topic.map { resource($0).map(mayProduce) ?? false } ?? isProducer
        case .consumer(let group): resource(group).map(mayConsume) ?? false
        case .check(let producer): resource(producer).map(mayCheck) ?? false
        }
    }

    /// The roles in which it may send commands; an administrator may in any.
    package var roles: [Text] {
        grants.flatMap { grant -> [Text] in if case .orders(let roles) = grant { roles } else { [] } }
    }

    /// Whether it may send commands in any role: such a one says in which, whatever other grants it has.
    package var maySpeakAsAny: Bool { isAdmin }

    /// Whether it may send commands in a role.
    package func maySpeak(as role: Text) -> Bool { isAdmin || roles.contains(role) }

    /// Whether it may send to a topic.
    package func mayProduce(_ topic: Text) -> Bool {
        isAdmin || isProducer(of: topic)
    }

    /// Whether a grant makes it a producer of a topic: an administrator may send too, but is no producer by that.
    package func isProducer(of topic: Text) -> Bool {
        grants.contains { if case .producer(let pattern) = $0 { pattern.matches(topic) } else { false } }
    }

    private var isProducer: Bool {
        isAdmin || grants.contains { if case .producer = $0 { true } else { false } }
    }

    /// Whether it may consume for a group.
    package func mayConsume(_ group: Text) -> Bool {
        isAdmin || grants.contains { if case .consumer(let pattern) = $0 { pattern.matches(group) } else { false } }
    }

    /// Whether it may answer for a producer what became of half messages. Names that begin with % are those of the
    /// server's own producers, such as of RocketMQ clients, who prove in another way who they are.
    package func mayCheck(_ producer: Text) -> Bool {
        guard producer.withBytes({ $0.first }) != UInt8(ascii: "%") else { return false }
        return isAdmin
            || grants.contains { if case .check(let pattern) = $0 { pattern.matches(producer) } else { false } }
    }

    /// Whether it may name a lane; the base is everybody's.
    package func mayUse(lane: Text) -> Bool {
        lane.isEmpty || isOperator || grants.contains(.lane(lane))
    }

    /// Whether it may read bodies of messages.
    package var mayReadPayload: Bool { grants.contains(.payload) }
}
