import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension MessageOperations {
    static let messageBody = Operation(
        "messageBody", .get, "/v1/messages/{message}/body",
        "Gives the body of a visible message as its bytes; who read it is audited.", grant: Need(.payload),
        query: [Operation.reasonParameter],
        answers: [Operation.Answer(200, "The bytes.", .any)], problems: [.unknownMessage],
        example: Example(
            after: [ExampleShop.topic, ExampleShop.message], .get("/v1/messages/booking-9/body"), 200,
            #"{"amount_cents":5300}"#),
        handler: { call throws(Problem) in
            let message = try await message(call)
            try await call.auditReading(of: [message.id], because: try call.reason())
            let type = JSONWriter.isJSON(message.body) ? "application/json" : "application/octet-stream"
            return Reply(200, body: message.body, contentType: type)
        })
}
