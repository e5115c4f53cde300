public import WaybillCore
import WaybillEngine

/// What a module's check looks at: the module's own rows, and beside them what the orders say.
///
/// Made for a file on which nobody works, so that both stand still.
public struct ModuleLook: Sendable {
    public let book: OrderBook
    /// When the module was installed, or `.min` when it has read all history: older orders told it nothing.
    public let since: Moment
    /// How many messages the module has not handled. What it lacks because of them may still come.
    public let owed: Int64
    /// Whether the module has handled every message that there is.
    public var isCaughtUp: Bool { owed == 0 }
    /// How many rows or orders were compared.
    public private(set) var compared = 0
    /// What is wrong: one sentence each.
    public private(set) var findings: [String] = []
    /// What is not wrong and should be known, for example what is in doubt.
    public private(set) var notes: [String] = []

    /// Findings that are kept with their text.
    private static let findingsMax = 100
    /// How many findings there are, kept or not.
    public private(set) var findingCount = 0

    package init(book: OrderBook, since: Moment, owed: Int64) {
        self.book = book
        self.since = since
        self.owed = owed
    }

    /// Adds one to what was compared, and a finding if something is wrong.
    public mutating func expect(_ isRight: Bool, _ what: @autoclosure () -> String) {
        compared += 1
        guard !isRight else { return }
        findingCount += 1
        if findings.count < Self.findingsMax { findings.append(what()) }
    }

    /// Adds something that should be known.
    public mutating func note(_ what: String) { notes.append(what) }

    /// The rows of one page of a query.
    public func rows(_ sql: String, _ values: [SQLValue] = []) throws -> [ModuleRow] {
        try book.readTables(deadline: .seconds(5)) { tables in try tables.rows(sql, values) }
    }

    /// A message that an order has sent, as its journal says.
    public struct Sent: Hashable, Sendable {
        /// The event that sent it.
        public var event: Position
        public var topic: TopicName
        public var tag: Text?
    }

    /// Goes through all orders in the order in which they were placed, each with the messages that it has sent.
    public func orders(_ body: (OrderView, [Sent]) throws -> Void) throws {
        var token: PageToken?
        repeat {
            let page = try book.orders(after: token, limit: Self.ordersPerPage)
            for order in page.elements { try body(order, try messages(of: order.id)) }
            token = page.next
        } while token != nil
    }

    private static let ordersPerPage = 500
    private static let eventsPerPage = 1_000

    private func messages(of order: OrderID) throws -> [Sent] {
        var sent: [Sent] = []
        var version: Int64 = 0
        while let events = try book.history(of: order, after: version, limit: Self.eventsPerPage) {
            for event in events {
                version = event.version
                for trace in try JSON(reading: event.body)["messages"]?.elements ?? [] {
                    guard let parts = trace.elements, let topic = parts.first?.asText else { continue }
                    let tag = parts.count > 1 ? parts[1].asText.map { Text($0) } : nil
                    sent.append(Sent(event: event.position, topic: TopicName(topic), tag: tag))
                }
            }
            if events.count < Self.eventsPerPage { break }
        }
        return sent
    }
}
