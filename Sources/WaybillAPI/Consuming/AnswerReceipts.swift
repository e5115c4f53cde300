import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

/// Answers to deliveries, many at once; each receipt gets its own answer.
extension Consuming {
    static let countMax = 100
    static let receipts = Field(
        "receipts", .array(.text(bytesMax: 512), countMax: countMax), "Those of the deliveries.", isRequired: true)
    static let answered = [
        Operation.Answer(
            200, "One for each receipt, in their order: `done`, or a problem.",
            .items(
                .object([
                    Field("receipt", .text(), isRequired: true), Field("result", .text(), "`done`."),
                    Field("problem", .object([Field("code", .text()), Field("detail", .text())]), "Why not."),
                ])))
    ]

    static let why = Field("why", .text(), "Shown with a dead letter.")

    /// One delivery that is open, and a receipt that was never given out.
    static func example(_ verb: String, _ more: String = "") -> Example {
        let receipt = "0101010601000101a5f9d8b9cd8dfbcce00122d914052b5f640d04e83cc763e3bfb9"
        return Example(
            after: [ExampleShop.topic, ExampleShop.group, ExampleShop.message, ExampleShop.receiveBooking],
            Example.Step(
                .post, "/v1/groups/shipping/\(verb)", body: "{\"receipts\":[\"\(receipt)\",\"00\"]\(more)}"), 200,
            """
            {"items":[{"receipt":"\(receipt)","result":"done"},
             {"receipt":"00","problem":{"code":"stale_receipt",
              "detail":"the receipt is not valid any more: this file's engine did not make it"}}],"next":null}
            """)
    }

    static func texts(_ fields: BodyFields) throws(Problem) -> [Text] {
        try fields.texts("receipts", countMax: countMax, bytesMax: 512) ?? []
    }

    /// The group of the path. One whose name is longer than any has given out no receipt.
    static func group(_ call: Call) throws(Problem) -> GroupName {
        let group = GroupName(call.path("group"))
        guard group.text.byteCount <= Operation.pathBytesMax else { throw Problem(.unknownGroup(group)) }
        return group
    }

    /// The longest that a delivery waits, as the engine has it.
    static let invisibleMax: Int64 = 43_200_000

    /// How long deliveries wait. What is out of bounds for one receipt is so for all, whether they are open or not.
    static func invisibleTime(
        _ fields: BodyFields, _ name: String, min: Int64, of setting: String
    ) throws(Problem) -> Interval? {
        guard let milliseconds = try fields.int(name) else { return nil }
        guard (min...invisibleMax).contains(milliseconds) else {
            throw Problem(
                MessageRefusal.badSetting(setting, problem: "\(milliseconds) ms is not within 0 and 12 hours")
            ).with(["setting": .text(name), "min": .number(min), "max": .number(invisibleMax)])
        }
        return Interval(milliseconds: milliseconds)
    }

    static func answer<Verb: BrokerVerb>(
        _ call: Call, _ fields: BodyFields, _ verb: (DeliveryReceipt) -> Verb
    ) async throws(Problem) -> Reply {
        let (group, texts) = (try group(call), try texts(fields))
        let receipts = texts.map { DeliveryReceipt($0) }
        let refusals = await call.book.refusals(of: receipts.map(verb), by: receipts, in: group, until: call.end)
        return reply(Array(zip(texts, refusals)))
    }

    static func reply(_ answers: [(receipt: Text, refusal: MessageRefusal?)]) -> Reply {
        .all(answers) { writer, answer in
            writer.beginObject()
            writer.member("receipt", answer.receipt)
            if let refusal = answer.refusal {
                writer.key("problem")
                writer.beginObject()
                writer.member("code", Text(refusal.code))
                writer.member("detail", Text(refusal.message))
                writer.endObject()
            } else {
                writer.member("result", "done")
            }
            writer.endObject()
        }
    }
}
