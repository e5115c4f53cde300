import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension HalfMessages {
    private static let waitMax: Int64 = 20_000
    private static let takenMax = 16

    static let checks = Operation(
        "takeChecks", .post, "/v1/producers/{producer}/checks",
        "Takes questions about half messages of a producer; each is answered by commit or rollback, or not.",
        grant: Need(.check(producer: "producer")),
        body: .fields(
            [Field("wait_ms", .integer(0...waitMax), "How long to wait when there is none.")],
            bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "The questions.", .items(.named("CheckBack")))], problems: [.badProducer],
        example: Example(
            Example.Step(.post, "/v1/producers/bank/checks", body: #"{"wait_ms":0}"#), 200,
            #"{"items":[],"next":null}"#),
        isLongPoll: true, handler: take)

    private static func take(_ call: Call) async throws(Problem) -> Reply {
        let wait = Interval(milliseconds: try call.fields().wait("wait_ms", max: waitMax))
        let producer = call.path("producer")
        let questions = try await call.book.ask { book in
            let (wakes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            let session = try book.engine.connectProducer(producer) { continuation.yield() }
            defer { book.engine.disconnectProducer(session) }
            let found = try book.engine.takeCheckBacks(session, limit: takenMax)
            guard found.isEmpty, wait.milliseconds > 0, book.engine.world.virtualClock == nil else { return found }
            await Self.first(of: wakes, within: wait, book)
            // A client that has gone answers nothing: the questions are for the next one.
            guard !Task.isCancelled else { return [] }
            return try book.engine.takeCheckBacks(session, limit: takenMax)
        }
        var reply = Reply.all(questions) { writer, question in
            writer.beginObject()
            writer.member("transaction", question.transaction)
            writer.member("id", question.id.text)
            writer.member("topic", question.message.topic.text)
            writer.member("prepared_at", question.preparedAt)
            writer.member("check", question.count)
            writer.member("last", question.isLast)
            writer.members("keys", question.message.keys) { $0.text($1) }
            writer.member("tag", ifAny: question.message.tag)
            writer.body(question.message.body)
            writer.endObject()
        }
        if !questions.isEmpty {
            let book = call.book
            reply.takeBack = { await book.giveBack(questions) }
        }
        return reply
    }

    /// Waits for the first wake-up, or until the time is over, or the caller has gone.
    private static func first(of wakes: AsyncStream<Void>, within wait: Interval, _ book: OrderBook) async {
        let world = book.engine.world
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in wakes { return } }
            group.addTask { await world.rest(wait) }
            await group.next()
            group.cancelAll()
        }
    }
}
