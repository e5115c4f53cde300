/// The rights that an operation demands of its caller: one of them is enough.
package struct Need: Hashable, Sendable {
    package let rights: [Right]

    package init(_ rights: Right...) { self.rights = rights }

    package init(_ rights: [Right]) { self.rights = rights }

    /// Whether it is open to callers without a token.
    package var isOpen: Bool { rights.contains(.nothing) }
}

/// One right that opens an operation. Those with a name are for a resource that a parameter of the path names.
package enum Right: Hashable, Sendable {
    /// Nothing: health and versions.
    case nothing
    /// Any valid token.
    case token
    case viewer
    case `operator`
    case admin
    case metrics
    case stock
    /// Bodies of messages.
    case payload
    /// A role that sends commands.
    case orders
    /// The producer of a topic; nil: the topics stand in the body, where the operation asks for each.
    case producer(topic: String?)
    /// A consumer of a group.
    case consumer(group: String)
    /// Who answers for a producer of half messages.
    case check(producer: String)

    /// The parameter of the path that names the resource.
    package var parameter: String? {
        switch self {
        case .nothing, .token, .viewer, .operator, .admin, .metrics, .stock, .payload, .orders: nil
        case .producer(let topic): topic
        case .consumer(let group): group
        case .check(let producer): producer
        }
    }
}
