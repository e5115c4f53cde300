import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Topics {
    static let deleteTopic = Operation(
        "deleteTopic", .delete, "/v1/topics/{topic}", "Puts a topic out of reach; its messages are deleted gradually.",
        grant: Need(.admin), query: [Operation.reasonParameter],
        answers: [Operation.Answer(204, "It is gone.", nil)],
        problems: [.unknownTopic, .topicAwaited, .topicInUse],
        example: Example(after: [ExampleShop.topic], Example.Step(.delete, "/v1/topics/ledger"), 204),
        handler: { call throws(Problem) in
            let name = TopicName(call.path("topic"))
            let first = try await call.book.read { book in try book.engine.messages.undecided(in: name) }
            return try await call.act(DeleteTopic(name, from: first), because: try call.neededReason())
        })
}
