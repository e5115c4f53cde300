import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

/// Operations on timeouts and the clock.
enum Timeouts {
    static let operations: [Operation] = [
        listTimeouts, extendTimeout, moveTimeout, cancelTimeout, confirmClock, holdTimeouts, releaseTimeouts,
        showHold,
    ]

    private static let grant = Need(.operator, .orders)
    private static let answers = [
        Operation.Answer(
            200, "Done.",
            .object(
                Schema.receiptFields + [
                    Field("result", .word(["moved", "cancelled"]), isRequired: true),
                    Field("due", .time, "When it fires now."),
                ]))
    ]
    private static let problems: [ProblemCode] = [
        .unknownOrder, .unknownTimeout, .timeoutFired, .keyReused, .badData,
    ]
    private static let placed = [ExampleShop.stock, ExampleShop.place]

    /// - Parameter result: with the new time.
    private static func changed(_ result: String) -> String {
        #"{"order":"order-7","version":2,"status":"awaiting payment","event":"e3","repeated":false,\#(result)}"#
    }

    static let extendTimeout = Operation(
        "extendTimeout", .post, "/v1/orders/{order}/timeouts/{timeout}/extend", "Lets a pending timeout fire later.",
        grant: grant, key: .taken,
        body: .fields(
            [
                Field("by", .duration, "How much later; with a minus: earlier.", isRequired: true),
                Operation.reasonByHand,
            ],
            bytesMax: Operation.BodyRule.smallMax), answers: answers, problems: problems,
        example: Example(
            after: placed, Example.Step(.post, "/v1/orders/order-7/timeouts/pay_due/extend", body: #"{"by":"15m"}"#),
            200, changed(#""result":"moved","due":"2026-11-29T12:45:00Z""#)),
        handler: { call throws(Problem) in
            guard let by = try call.fields().duration("by") else { throw .badData("by", "the field is missing") }
            return try await change(call, .extend(by: by))
        })

    static let moveTimeout = Operation(
        "moveTimeout", .post, "/v1/orders/{order}/timeouts/{timeout}/move", "Gives a pending timeout another time.",
        grant: grant, key: .taken,
        body: .fields(
            [Field("to", .time, "When it fires; never before now.", isRequired: true), Operation.reasonByHand],
            bytesMax: Operation.BodyRule.smallMax), answers: answers, problems: problems,
        example: Example(
            after: placed,
            Example.Step(
                .post, "/v1/orders/order-7/timeouts/pay_due/move", body: #"{"to":"2026-11-29T15:00:00Z"}"#), 200,
            changed(#""result":"moved","due":"2026-11-29T15:00:00Z""#)),
        handler: { call throws(Problem) in
            guard let to = try call.fields().time("to") else { throw .badData("to", "the field is missing") }
            return try await change(call, .move(to: to))
        })

    static let cancelTimeout = Operation(
        "cancelTimeout", .post, "/v1/orders/{order}/timeouts/{timeout}/cancel", "Cancels a pending timeout.",
        grant: grant, key: .taken,
        body: .fields([Operation.reasonByHand], bytesMax: Operation.BodyRule.smallMax), answers: answers,
        problems: problems,
        example: Example(
            after: placed, Example.Step(.post, "/v1/orders/order-7/timeouts/pay_due/cancel"), 200,
            changed(#""result":"cancelled""#)),
        handler: { call throws(Problem) in try await change(call, .cancel) })

    private static func change(_ call: Call, _ action: TimeoutCommand.Action) async throws(Problem) -> Reply {
        var command = TimeoutCommand(
            action, TimeoutName(call.path("timeout")), of: OrderID(call.path("order")), caller: call.principal.name,
            key: call.key)
        // Who may send commands to orders may change their timeouts too; an operator does it for them.
        command.isByHand = call.principal.roles.isEmpty
        command.reason = try call.reason(byHand: command.isByHand)
        command.trace = call.trace
        (command.from, command.requestID) = (call.from, call.requestID)
        let receipt = try await call.book.change(command, until: call.end)
        guard !call.wantsRepresentation else { return try await .accepted(receipt, 200, call) }
        // As the event of this change left it: others may have changed it since.
        let order = try await call.book.read { book in try book.order(receipt.order, asOf: .event(receipt.position)) }
        let due = order?.timeouts.first { $0.name == command.name }?.due
        let result: Text = if case .cancel = action { "cancelled" } else { "moved" }
        var reply = Reply.json { writer in
            writer.beginObject()
            writer.receiptMembers(receipt)
            writer.member("result", result)
            if let due { writer.member("due", due) }
            writer.endObject()
        }
        reply.headers.append(EntityTag.header(receipt.version))
        if receipt.isRepeat { reply.headers.append(Reply.replayed) }
        return reply
    }

    static let confirmClock = Operation(
        "confirmClock", .post, "/v1/clock/confirm", "Says that the wall clock is right after a jump.",
        grant: Need(.operator), key: .taken,
        body: .fields([Operation.reason], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(204, "Timeouts go on.", nil)],
        example: Example(Example.Step(.post, "/v1/clock/confirm", body: #"{"reason":"NTP was set"}"#), 204),
        handler: { call throws(Problem) in
            let origin = call.origin(because: try call.neededReason(try call.fields()))
            let given = try await call.book.ask { book in try await book.engine.confirmClock(by: origin) { "" } }
            return .done(given)
        })

    static let holdTimeouts = Operation(
        "holdTimeouts", .post, "/v1/timeouts/hold", "Holds all timeouts of orders until they are released.",
        grant: Need(.operator), key: .taken,
        body: .fields([Operation.reason], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "Held.", .named("Hold"))], problems: [.limit],
        example: Example(
            Example.Step(.post, "/v1/timeouts/hold", body: #"{"reason":"payments are down"}"#), 200,
            #"{"held_by":"owner","since":"2026-11-29T12:00:00Z","why":"payments are down"}"#),
        handler: { call throws(Problem) in
            let origin = call.origin(because: try call.neededReason(try call.fields()))
            return .given(
                try await call.book.ask { book in
                    try await book.engine.holdTimeouts(by: origin) { hold in Reply.form(hold) { $0.hold($1) } }
                }
            ) { $0.hold($1) }
        })

    static let releaseTimeouts = Operation(
        "releaseTimeouts", .post, "/v1/timeouts/release", "Lets held timeouts fire, those that are overdue in order.",
        grant: Need(.operator), key: .taken,
        body: .fields([Operation.reason], bytesMax: Operation.BodyRule.smallMax),
        answers: [
            Operation.Answer(200, "Whether any were held.", .object([Field("released", .boolean, isRequired: true)]))
        ],
        example: Example(
            Example.Step(.post, "/v1/timeouts/release", body: #"{"reason":"payments are back"}"#), 200,
            #"{"released":false}"#),
        handler: { call throws(Problem) in
            let origin = call.origin(because: try call.neededReason(try call.fields()))
            return .given(
                try await call.book.ask { book in
                    try await book.engine.releaseTimeouts(by: origin) { Reply.form($0, released) }
                }, 200, released)
        })

    private static func released(_ writer: inout JSONWriter, _ wereHeld: Bool) {
        writer.beginObject()
        writer.member("released", wereHeld)
        writer.endObject()
    }
}
