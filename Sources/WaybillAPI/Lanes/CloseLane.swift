import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

extension Lanes {
    static let closeLane = Operation(
        "closeLane", .post, "/v1/lanes/{lane}/close", "Ends a lane: the base reads what is left in it.",
        grant: Need(.operator), key: .taken,
        body: .fields(
            [
                Field("end", .word(LaneEnd.allCases.map(\.rawValue)), "How it ends.", isRequired: true),
                Field("dry_run", .boolean, "Whether only what would become of its messages is told."),
                Operation.reason,
            ], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "The report.", .named("LaneReport"))],
        problems: [.unknownLane, .badLane, .badData],
        example: Example(
            after: [ExampleShop.topic, ExampleShop.laneMessage],
            Example.Step(.post, "/v1/lanes/blue/close", body: #"{"end":"promoted","reason":"it works"}"#), 200,
            #"""
            {"lane":"blue","end":"promoted","shares":[]}
            """#),
        handler: { call throws(Problem) in
            let fields = try call.fields()
            let reason = try call.neededReason(fields)
            let word = try fields.needed("end")
            guard let end = LaneEnd(rawValue: word.string) else {
                throw .badData("end", "'\(word)' is not one of promoted, abandoned")
            }
            let lane = call.path("lane")
            // A closed lane stays closed, so a mistyped name must not close one that may be opened later.
            guard try await call.book.read({ book in try book.engine.knows(lane: lane) }) else {
                throw Problem(.unknownLane, "no message and no consumer has been in a lane \(lane)")
                    .with(["lane": .text(lane.string)])
            }
            let verb = CloseLane(lane, end, isPreview: try fields.bool("dry_run") ?? false)
            return try await call.act(verb, because: reason) { $0.laneReport($1) }
        })
}
