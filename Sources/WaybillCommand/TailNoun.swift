import ArgumentParser
import Synchronization
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore
import WaybillTimeouts

/// `waybill tail`: events as they come, of all orders or of one.
struct TailNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Show events as they come: of everything, or of one order.",
        discussion: """
              waybill tail --db shop.db
              waybill tail order-7 --server http://127.0.0.1:7070 -o jsonl

            While a server has the file open, all events are shown from now on, or after --after; those of one order \
            from its first. When the server goes, it is asked again for a minute, from the last event that was shown. \
            Of a closed file everything is shown that is there.
            """)

    @OptionGroup var file: FileOptions

    @Argument(help: "The order's id; unless given, all events are shown.")
    var order: OrderID?

    @Option(help: ArgumentHelp("Only events after this one: e42; e0: all.", valueName: "event"))
    var after: Text?

    func validate() throws {
        if let after, after != "e0", Position(text: after.string) == nil {
            throw ValidationError("--after is an event such as e42, not \(after).")
        }
    }

    func run() async throws {
        let text = TailText(order: order, isJSON: file.json)
        try await file.asking { client in
            if client.isInProcess { return try await show(client, text) }
            try await follow(client, text)
        }
    }

    /// What is in a closed file.
    private func show(_ client: Client, _ text: TailText) async throws {
        let start = after.flatMap { Position(text: $0.string) } ?? Position(0)
        if let order, try await client.order(order) == nil { throw CommandFailure.noOrder(order, in: file.db) }
        let question =
            if let order { try Question("orderHistory", order.text) } else {
                try Question("listEvents").with("after", after)
            }
        try await client.each(question) { event in
            guard let position = try event.position("event"), position > start else { return false }
            try text.write(event)
            return true
        }
    }

    private func follow(_ client: Client, _ text: TailText) async throws {
        let question =
            if let order { try Question("followOrder", order.text).with("after", after ?? "e0") } else {
                try Question("followEvents").with("after", after)
            }
        let shown = LastShown()
        var patience = Patience()
        while true {
            do {
                let last = shown.position
                let end = try await client.follow(question.with(.lastEventID, last)) { item in
                    try text.write(item)
                    shown.note(item)
                    return true
                }
                switch end {
                case .over, .left: return
                case .interrupted: patience.begin()
                }
            } catch let failure as ClientFailure where failure.kind == .unreachable && patience.hasBegun {
                guard !patience.isOver else { throw failure }
            }
            if patience.tellsNow { Output.error.line("waybill: the server has gone; it is asked again for a minute") }
            await World.system.rest(Patience.rest)
        }
    }
}

/// The last event that was shown.
private final class LastShown: Sendable {
    private let place = Mutex<Text?>(nil)

    var position: Text? { place.withLock { $0 } }

    func note(_ item: StreamedItem) { if let id = item.id { place.withLock { $0 = id } } }
}

/// How long a server that has gone is asked again.
private struct Patience {
    static let rest = Interval.seconds(2)
    private static let longest = Interval.seconds(60)

    private var since: Interval?
    private var hasTold = false

    var hasBegun: Bool { since != nil }
    var isOver: Bool { since.map { World.system.uptime() - $0 > Self.longest } ?? false }

    /// The server was there, and has gone.
    mutating func begin() { (since, hasTold) = (World.system.uptime(), false) }

    /// Whether it is to be said now.
    var tellsNow: Bool {
        mutating get {
            defer { hasTold = true }
            return !hasTold
        }
    }
}
