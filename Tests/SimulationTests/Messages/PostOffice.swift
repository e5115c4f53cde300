/// The groups and topics of the simulation, as they were agreed on: what the broker is told, and what the model knows.
enum PostOffice {
    /// Any fixed moment.
    static let openingMilliseconds: Int64 = 1_764_000_000_000
    static let topics = ["plain", "keyed"]
    static let tags = ["red", "blue", "green"]
    static let keys = ["ann", "bob", "eve"]
    static let producer = "till"
    static let ladder: [Int64] = [1_000, 5_000, 60_000]
    static let retention: Int64 = 3_600_000
    /// Between two questions about a half message at least, and from its preparation to the first.
    static let firstQuestion: Int64 = 6_000
    static let questionInterval: Int64 = 30_000
    static let questionsMax = 4

    /// Which messages a group wants.
    enum Wanted {
        case all
        case tags(Set<String>)
        /// By SQL: those of at least this size.
        case sizes(Int64)
    }

    struct Group {
        let name: String
        let topic: String
        let wanted: Wanted
        var isFIFO = false
        var attemptsMax = 3
        var invisible: Int64 = 30_000

        func wants(_ letter: Letter) -> Bool {
            guard letter.topic == topic else { return false }
            return switch wanted {
            case .all: true
            case .tags(let tags): tags.contains(letter.tag)
            case .sizes(let least): letter.size >= least
            }
        }
    }

    static let groups = [
        Group(name: "points", topic: "plain", wanted: .all),
        Group(name: "mail", topic: "plain", wanted: .tags(["red", "blue"]), attemptsMax: 2),
        Group(name: "stock", topic: "keyed", wanted: .all, isFIFO: true),
        Group(name: "parcels", topic: "keyed", wanted: .tags(["red", "green"]), isFIFO: true, attemptsMax: 2),
        Group(name: "audit", topic: "keyed", wanted: .sizes(3), invisible: 5_000),
    ]

    static func group(_ name: String) -> Group? { groups.first { $0.name == name } }
}

/// A message of the simulation. Its number stands in its body.
struct Letter: Hashable {
    var number: Int
    var topic: String
    var tag: String
    var key: String?
    var size: Int64
    var priority = 0
    /// How long it waits before it becomes visible; nil: not at all.
    var delay: Int64?
}
