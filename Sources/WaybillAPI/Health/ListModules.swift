import Waybill
import WaybillAccess
import WaybillCore

extension Health {
    static let listModules = Operation(
        "listModules", .get, "/v1/modules",
        "Lists the modules of the file: whether each works here, what it is owed, and what it could not do.",
        grant: Need(.viewer),
        answers: [
            Operation.Answer(
                200, "All of them, by name.",
                .page(
                    .object([
                        Field("name", .text(), isRequired: true),
                        Field("since", .nullable(.time), "Null: it has read all that there was.", isRequired: true),
                        Field("installed", .boolean, "False: it was interrupted.", isRequired: true),
                        Field("running", .boolean, "Whether it works in this server.", isRequired: true),
                        Field("owed", .integer(), "Messages that it has not handled.", isRequired: true),
                        Field("failures", .integer(), "Since this server was started.", isRequired: true),
                        Field("last_failure", .text()), Field("last_failure_at", .time),
                        Field("rests_until", .time, "Because of it."),
                    ])))
        ],
        example: Example(.get("/v1/modules"), 200, #"{"items":[],"next":null,"as_of":"e0"}"#),
        handler: { call throws(Problem) in
            .list(call, try await call.book.read { book in try book.moduleViews() }) { $0.module($1) }
        })
}

extension JSONWriter {
    fileprivate mutating func module(_ module: ModuleView) {
        beginObject()
        member("name", module.name.text)
        key("since")
        if let since = module.since { text(Text(since.iso8601)) } else { null() }
        member("installed", module.isInstalled)
        member("running", module.isRunning)
        member("owed", module.owed)
        member("failures", module.failures.count)
        member("last_failure", ifAny: module.failures.last.map { Text($0) })
        if let at = module.failures.lastAt { member("last_failure_at", at) }
        if let until = module.failures.restsUntil { member("rests_until", until) }
        endObject()
    }
}
