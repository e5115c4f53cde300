import Waybill
import WaybillAccess
import WaybillCore
import WorkflowFile

/// Dry runs: what a workflow does with some events. Nothing is stored.
extension Workflows {
    private static let eventsMax = 100
    /// Events of an order that are tried under another text.
    private static let orderEventsMax = 1_000
    private static let eventFields = [
        Field("command", .text(bytesMax: 256), "What is sent."), Field("data", .anyObject, "Its data."),
        Field("child", .text(bytesMax: 1_024), "Whom it is for; by default the order itself."),
        Field("wait", .duration, "Instead: time passes."),
    ]

    static let runWorkflow = Operation(
        "runWorkflow", .post, "/v1/workflows/{workflow}/run",
        "Tries a workflow: what each event does. Stock is endless, no role is checked, nothing is stored. With `order` "
            + "the commands of an order of the file are tried, for example under a new text.",
        grant: Need(.viewer),
        body: .fields(
            [
                Field(
                    "text", .text(bytesMax: Operation.BodyRule.smallMax),
                    "The text to try; by default the one that takes new orders."),
                Field("events", .array(.object(eventFields), countMax: eventsMax), "What happens."),
                Field(
                    "order", .text(bytesMax: 256),
                    "Instead: the commands among the first 1,000 events of this order."),
                Field("context", .anyObject, "What the order begins with, when no event places it."),
                Field("start", .time, "When it begins; by default now."),
            ], bytesMax: 2 * Operation.BodyRule.smallMax),
        answers: [
            Operation.Answer(200, "The order and its children at the start, and after each event.", .items(.anyObject))
        ], problems: [.unknownWorkflow, .unknownOrder, .workflowFindings, .badData, .limit, .overloaded],
        example: Example(
            after: [ExampleShop.rental],
            Example.Step(
                .post, "/v1/workflows/rental/run",
                body: #"{"events":[{"command":"book","data":{"bicycle":"red-7"}},{"wait":"1h"}]}"#), 200,
            """
            {"items":[{"event":null,"at":"2026-11-29T12:00:00Z","version":0,"states":[],"status":"","finished":false,
               "context":{},"timeouts":[],"calls":[],"actions":[],"fired":[],"repeated":false,"children":[],
               "refusal":null},
              {"event":"book","at":"2026-11-29T12:00:00Z","version":1,"states":["out"],"status":"out","finished":false,
               "context":{"bicycle":"red-7"},"timeouts":[],"calls":[],"actions":[],"fired":[],"repeated":false,
               "children":[],"refusal":null},
              {"event":"@1h","at":"2026-11-29T13:00:00Z","version":1,"states":["out"],"status":"out","finished":false,
               "context":{"bicycle":"red-7"},"timeouts":[],"calls":[],"actions":[],"fired":[],"repeated":false,
               "children":[],"refusal":null}],"next":null}
            """),
        handler: run)

    /// One thing that happens.
    enum Event {
        case command(EventName, data: [UInt8], child: Text)
        case wait(Interval)

        /// As it is written on the command line, without its data.
        var title: Text {
            switch self {
            case .command(let name, _, let child): child.isEmpty ? name.text : Text("\(child)/\(name)")
            case .wait(let interval): Text("@\(interval.text)")
            }
        }
    }

    private static func run(_ call: Call) async throws(Problem) -> Reply {
        let fields = try call.fields()
        // Before its text is read: what it says may be much to look at.
        try call.book.dryRuns.begin()
        defer { call.book.dryRuns.end() }
        let workflow = try await tried(fields, call)
        let (events, placedAt) = try await events(fields, call)
        let start = try fields.time("start") ?? placedAt ?? call.book.now
        let context = fields.json("context")
        // A hundred events are much work: not on the threads of the connections.
        return try await call.book.read { book in
            let world = book.engine.world
            let end = world.uptime() + Interval.seconds(Int64(DryRuns.secondsMax))
            let relatives = try book.workflowEditions().filter { $0.isCurrent && $0.name != workflow.name }
                .map { try WorkflowFile.load(stored: $0.text) }
            return try outcome(of: events, under: workflow, relatives, context: context, at: start) {
                world.uptime() <= end
            }
        }
    }

    /// The order and its children at the start, and after each event.
    ///
    /// - Parameter mayGoOn: whether there is time left; the text comes from outside, and may take hours.
    static func outcome(
        of events: [Event], under workflow: Workflow, _ relatives: [Workflow], context: [UInt8]?, at start: Moment,
        mayGoOn: @escaping () -> Bool
    ) throws(Problem) -> Reply {
        var run = FamilyDryRun(workflow, relatives: [workflow] + relatives, at: start)
        run.mayGoOn = mayGoOn
        var steps: [(title: Text?, step: DryRun.Step, family: FamilyDryRun)] = []
        var places = false
        if case .command(let name, _, let child)? = events.first, child.isEmpty {
            places = name == workflow.creation?.name
        }
        guard !places || context == nil else {
            throw .badData("context", "the first event places the order; a context does not go with it")
        }
        steps.append((nil, places ? DryRun.Step() : run.start(context: context ?? []), run))
        for event in events {
            let step =
                switch event {
                case .command(let name, let data, let child): run.send(name, data: data, to: child)
                case .wait(let interval): run.wait(interval)
                }
            steps.append((event.title, step, run))
            guard mayGoOn() else {
                throw Problem(Refusal.limit("seconds of a dry run", max: DryRuns.secondsMax))
            }
        }
        return .all(steps) { $0.step($1.step, after: $1.title, of: $1.family) }
    }

    /// The workflow that is tried.
    private static func tried(_ fields: BodyFields, _ call: Call) async throws(Problem) -> Workflow {
        guard let text = try fields.text("text", bytesMax: Operation.BodyRule.smallMax) else {
            return try await edition(call).workflow
        }
        return try await call.book.read { _ in try WorkflowFile.load(text.string, name: "the text") }
    }

    private static func events(
        _ fields: BodyFields, _ call: Call
    ) async throws(Problem) -> (events: [Event], placedAt: Moment?) {
        let listed = try fields.objects("events", as: eventFields, countMax: eventsMax)
        guard let order = try fields.text("order", bytesMax: 256) else {
            var events: [Event] = []
            for each in listed ?? [] { events.append(try event(each)) }
            return (events, nil)
        }
        guard listed == nil else { throw .badData("order", "events and order do not go together") }
        return try await events(of: OrderID(order), call)
    }

    private static func event(_ fields: BodyFields) throws(Problem) -> Event {
        if let wait = try fields.duration("wait") {
            guard wait.milliseconds >= 0 else { throw .badData(fields.place("wait"), "time does not go back") }
            return .wait(wait)
        }
        return .command(
            EventName(try fields.needed("command", bytesMax: 256)), data: fields.json("data") ?? [],
            child: try fields.text("child") ?? "")
    }

    /// What was sent to an order, with the time between; what fired by itself fires by itself again.
    private static func events(
        of id: OrderID, _ call: Call
    ) async throws(Problem) -> (events: [Event], placedAt: Moment?) {
        let details = try await call.book.read { book in try book.details(of: id, limit: orderEventsMax) }
        guard let details, var now = details.first?.at else { throw Problem(.unknownOrder(id)) }
        let placedAt = now
        var events: [Event] = []
        for detail in details where !detail.type.text.string.hasPrefix("$") {
            if detail.at > now { events.append(.wait(detail.at.since(now))) }
            now = max(now, detail.at)
            events.append(.command(detail.type, data: detail.asked ?? [], child: ""))
        }
        return (events, placedAt)
    }
}
