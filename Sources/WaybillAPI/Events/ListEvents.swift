import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Events {
    /// An event of the journal: which fields it has depends on its kind.
    private static let schema = Schema.object([
        Field("kind", .word(["order", "stock", "act"]), "What it is about.", isRequired: true),
        Field("event", .text(), "Where it stands in the journal.", isRequired: true),
        Field("type", .text(), "A command, or `$timeout`, `$receive`, `$hold` and the like.", isRequired: true),
        Field("at", .time, isRequired: true), Field("caller", .text(), isRequired: true),
        Field("order", .text(), "Of an order; the other fields are those of its history."),
        Field("sku", .text(), "Of a stock; the other fields are those of its history."), Field("location", .text()),
        Field("about", .anyObject, "Of an act: by the type."),
        Field("version", .integer()), Field("trace", .nullable(.text())), Field("quantity", .integer()),
        Field("counted", .integer()), Field("expected", .integer()), Field("note", .text()),
        Field("key", .nullable(.text())),
    ])

    static let listEvents = Operation(
        "listEvents", .get, "/v1/events",
        "Lists the events of the journal, the oldest first; acts of operators to operators only.",
        grant: Need(.viewer),
        query: [
            Parameter("after", .text(), "Only events after this one: `e42`."),
            Parameter("types", .text(), "Only events of these types, with commas between them: `place,pay`."),
        ] + PageRequest.parameters,
        answers: [
            Operation.Answer(
                200, "A page; one with a filter may be short, even empty, while `next` is there.",
                .pageOfKnown(schema))
        ], problems: [.badCursor],
        example: Example(
            after: [ExampleShop.stock], .get("/v1/events?types=$receive"), 200,
            #"""
            {"items":[{"kind":"stock","sku":"mug","location":"","event":"e1","version":1,"type":"$receive",
             "at":"2026-11-29T12:00:00Z","caller":"owner","key":"delivery-1","quantity":100,"note":"delivery 1"}],
             "next":null,"as_of":"e1"}
            """#),
        handler: list)

    /// Events that are read between two looks at the time.
    private static let sliceMax = 100

    private static func list(_ call: Call) async throws(Problem) -> Reply {
        let types = call.query.text("types")
        let wanted = types.map { Set($0.string.split(separator: ",").map { EventName(String($0)) }) }
        let seesActs = call.seesActs
        let after = try StreamStart.position(of: call)
        let page = try PageRequest(call, of: Text("events \(types ?? "") after \(after.text)"))
        let found = try await call.book.read { book in
            let start = page.number ?? after.number
            return try page.slices(of: Self.sliceMax, after: start, in: book, weighing: bytes) { start, limit in
                let events = try book.journal(following: Position(start ?? 0), limit: limit)
                let elements = events.filter { event in
                    (wanted?.contains(event.type) ?? true) && (seesActs || !event.isAct)
                }
                return (elements, events.count == limit ? events.last?.position.number : nil)
            }
        }
        var unknown: [Engine.UnknownName] = []
        if found.elements.isEmpty, page.after == nil, let wanted {
            unknown = call.book.book.engine.unknownNames(ofEvents: wanted.map(\.text).sorted())
        }
        return page.reply(found.elements, next: found.next, unknown: Array(unknown.prefix(32))) { $0.event($1) }
    }

    /// About how many bytes an event takes in an answer.
    private static func bytes(_ event: OrderBook.JournalEvent) -> Int {
        switch event {
        case .order(let event): event.asked?.count ?? 0
        case .audit(let event): event.body.count
        case .stock: 0
        }
    }
}
