import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

/// Operations on half messages.
enum HalfMessages {
    static let operations: [Operation] = [prepare, commit, rollback, listHalfMessages, resume, checks]

    static let topic = Parameter("topic", .text(bytesMax: 127), "The topic; the transaction is good for it only.")
    static let decided = Schema.object([
        Field("id", .text(), isRequired: true), Field("resolution", .text(), isRequired: true),
        Field("decided_at", .time),
    ])

    static func decision(_ verb: String) -> Example {
        Example(
            after: [ExampleShop.topic, ExampleShop.half],
            Example.Step(.post, "/v1/half-messages/540106ca9f2d2c43b7a02c3ffd97676283e7c4/\(verb)?topic=ledger"), 200,
            "{\"id\":\"booking-11\",\"resolution\":\"\(verb)\",\"decided_at\":\"2026-11-29T12:00:00Z\"}")
    }

    /// The topic of the query, for which this caller may decide.
    static func neededTopic(_ call: Call) throws(Problem) -> TopicName {
        guard let topic = call.query.text("topic") else {
            throw .badParameter("topic", "?topic= names the topic of the half message")
        }
        if !call.principal.may(Need(.operator), resource: { _ in nil }) { try call.requireProducer(of: topic) }
        return TopicName(topic)
    }

    static func decide(_ call: Call, _ resolution: Resolution) async throws(Problem) -> Reply {
        let (topic, transaction) = (try neededTopic(call), call.path("transaction"))
        let isByHand = !call.principal.isProducer(of: topic.text)
        let reason = try call.reason(byHand: isByHand)
        let verb = Resolve(transaction, of: topic, resolution)
        return try await call.act(verb, because: reason, isByHand: isByHand) { $0.decided($1) }
    }
}
