import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Overview {
    private static let schema = Schema.object([
        Field("at", .time, isRequired: true),
        Field("event", .text(), "The last event of the journal.", isRequired: true),
        Field("word", .word(["ok", "warn", "bad"]), "The worst of all vitals: see `/v1/health`.", isRequired: true),
        Field("writes", count, "Since the file was opened.", isRequired: true),
        Field("last_write_ms", count, isRequired: true),
        Field("requests_waiting", count, isRequired: true), Field("oldest_wait_ms", count, isRequired: true),
        Field("receives_waiting", count, isRequired: true), Field("checks_in_flight", count, isRequired: true),
        Field("streams", count, "That are open.", isRequired: true),
        Field("timeouts_fired", count, "Since the file was opened.", isRequired: true),
        Field("timeout_lateness_p50_ms", count, isRequired: true),
        Field("timeout_lateness_p99_ms", count, isRequired: true),
        Field("timeouts_held", .boolean, isRequired: true), Field("clock_held", .boolean, isRequired: true),
        Field("wal_bytes", count, isRequired: true), Field("disk_free_percent", count),
        Field(
            "orders",
            .array(
                .object([
                    Field("workflow", .text(), isRequired: true), Field("status", .text(), isRequired: true),
                    Field("orders", count, isRequired: true),
                ]), countMax: countsMax), "How many there are of each workflow in each status.", isRequired: true),
        Field(
            "orders_more", .boolean, "Whether there are more workflows and statuses than are listed.",
            isRequired: true),
        Field("orders_as_of", .text(), "The last event that all these numbers hold.", isRequired: true),
        Field(
            "orders_behind", count,
            "Events that they do not hold yet, in a file of an earlier release; 0: they are exact.", isRequired: true),
        Field(
            "recent_refusals",
            .array(
                .object([
                    Field("at", .time, isRequired: true), Field("order", .text(bytesMax: 65_536), isRequired: true),
                    Field("code", .text(), isRequired: true),
                    Field("detail", .text(bytesMax: 65_536), isRequired: true),
                ]), countMax: refusalsMax), "The last commands to orders that were refused, the newest first.",
            isRequired: true),
        Field("refusals", .map(count), "Since the server started, by code.", isRequired: true),
    ])

    static let showOverview = Operation(
        "showOverview", .get, "/v1/overview", "Shows how the shop is at one look; no order is counted for it.",
        grant: Need(.viewer), answers: [Operation.Answer(200, "How it is.", schema)],
        example: Example(
            after: [ExampleShop.stock], .get("/v1/overview"), 200,
            #"{"at":"2026-11-29T12:00:00Z","event":"e1","word":"ok","writes":1,"#, isBeginning: true),
        handler: { call throws(Problem) in
            let census = try await Overview.census(call.served)
            return .json { $0.overview(call.served, census, at: call.book.now) }
        })
}
