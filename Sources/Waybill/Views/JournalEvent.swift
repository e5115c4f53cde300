public import WaybillCore
package import WaybillEngine

extension OrderBook {
    /// An event of the journal in names and paths, with what it is about.
    public enum JournalEvent: Hashable, Sendable {
        /// What was asked of an order, and what came of it.
        case order(EventDetail)
        /// What came into a stock by itself; what orders do to it is in their events.
        case stock(StockEvent)
        /// An act of an operator, or what the engine tells of itself: the body is a JSON object.
        case audit(EventView)

        /// Where it stands in the journal.
        public var position: Position {
            switch self {
            case .order(let event): event.position
            case .stock(let event): event.position
            case .audit(let event): event.position
            }
        }

        /// The command's name, or `$timeout`, `$receive`, `$hold` and the like.
        public var type: EventName {
            switch self {
            case .order(let event): event.type
            case .stock(let event): event.type
            case .audit(let event): event.type
            }
        }

        public var at: Moment {
            switch self {
            case .order(let event): event.at
            case .stock(let event): event.at
            case .audit(let event): event.at
            }
        }
    }

    /// What came in, was found, lost or counted of a stock.
    public struct StockEvent: Hashable, Sendable {
        public var stock: StockKey
        public var position: Position
        /// 1, 2, 3 ... within the stock.
        public var version: Int64
        /// `$receive`, `$adjust`, `$count`, `$move`, `$open` or `$limit`.
        public var type: EventName
        public var at: Moment
        public var caller: Text
        public var key: Text?
        public var trace: Text?
        /// Units by which what is free changed.
        public var quantity: Int64
        /// Of a count: how many there were.
        public var counted: Int64?
        /// Of a count: how many its counter thought the book says.
        public var expected: Int64?
        /// Of units that were moved: the place where they went to, or came from.
        public var otherPlace: Location?
        public var note: Text?
    }
}

extension OrderBook.JournalEvent {
    /// - Throws: where the event is damaged.
    package init(_ followed: FollowedEvent) throws(JSONProblem) {
        switch followed.subject {
        case .order(let id, let workflow): self = .order(try EventDetail(followed.event, of: id, under: workflow))
        case .stock(let key): self = .stock(try OrderBook.StockEvent(followed.event.view, of: key))
        case .audits: self = .audit(followed.event.view)
        }
    }
}

extension OrderBook.StockEvent {
    /// - Throws: where the event is damaged.
    package init(_ event: EventView, of stock: StockKey) throws(JSONProblem) {
        self.init(event, try StockEventBody(event.body), of: stock)
    }

    package init(_ event: EventView, _ body: StockEventBody, of stock: StockKey) {
        self.stock = stock
        (position, version, type, at) = (event.position, event.version, event.type, event.at)
        (caller, key, trace) = (event.caller, event.key, event.trace)
        quantity = body.movement.quantity
        (counted, expected, note) = (body.count?.counted, body.count?.expected, body.note)
        otherPlace = body.otherPlace
    }
}
