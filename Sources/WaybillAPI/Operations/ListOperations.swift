import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Operations {
    static let listOperations = Operation(
        "listOperations", .get, "/v1/operations", "Lists operations, the newest first.", grant: Need(.viewer),
        query: PageRequest.parameters, answers: [Operation.Answer(200, "A page.", .page(schema))],
        problems: [.badCursor],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place, changeStep], .get("/v1/operations"), 200,
            "{\"items\":[\(shown)],\"next\":null,\"as_of\":\"e4\"}"),
        handler: { call throws(Problem) in
            let page = try PageRequest(call, of: "operations")
            let jobs = try await call.book.read { book in
                try book.engine.jobs(before: page.number ?? .max, limit: page.limit)
            }
            return page.reply(jobs, next: jobs.count == page.limit ? jobs.last?.number : nil) { $0.operation($1) }
        })
}
