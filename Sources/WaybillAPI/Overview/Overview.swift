import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

/// Operations on how the whole shop is, at one look.
enum Overview {
    static let operations: [Operation] = [showOverview, followOverview]

    private static let count = Schema.integer(0...Schema.safeIntegers.upperBound)

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
        Field("refusals", .map(count), "Since the server started, by code.", isRequired: true),
    ])

    static let showOverview = Operation(
        "showOverview", .get, "/v1/overview", "Shows how the shop is at one look; it costs no read of the file.",
        grant: Need(.viewer), answers: [Operation.Answer(200, "How it is.", schema)],
        example: Example(
            after: [ExampleShop.stock], .get("/v1/overview"), 200,
            #"{"at":"2026-11-29T12:00:00Z","event":"e1","word":"ok","writes":1,"#, isBeginning: true),
        handler: { call throws(Problem) in .json { $0.overview(call.served, at: call.book.now) } })

    static let followOverview = Operation(
        "followOverview", .get, "/v1/overview/stream",
        "Tells how the shop is, when something has changed, at most once a second.", grant: Need(.viewer),
        answers: [.stream("`vitals`, as `/v1/overview` shows them; `bye` when the server stops.")],
        problems: [.overloaded],
        example: Example(
            after: [ExampleShop.stock], .get("/v1/overview/stream"), 200,
            #"""
            event: vitals
            data: {"at":"2026-11-29T12:00:00Z","event":"e1","word":"ok","writes":1,
            """#, isBeginning: true),
        handler: { call throws(Problem) in
            let served = call.served
            let told = Place<[UInt8]>([])
            return .stream(
                try EventStream(call, .nothing, pace: .seconds(1)) { [weak served] in
                    guard let served else { return EventStream.News(isOver: true) }
                    // What is told is compared without its time.
                    let now = JSONWriter.bytes { $0.overview(served, at: nil) }
                    guard now != told.value else { return EventStream.News() }
                    told.value = now
                    let item = EventStream.Item("vitals") { $0.overview(served, at: served.book.now) }
                    return EventStream.News(items: [item])
                })
        })
}

extension JSONWriter {
    fileprivate static func bytes(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        write(&writer)
        return writer.bytes
    }

    fileprivate mutating func overview(_ served: Served, at now: Moment?) {
        let vitals = served.book.book.vitals
        beginObject()
        if let now { member("at", now) }
        member("event", Text(vitals.lastPosition.text))
        member("word", Health.word(of: served))
        member("writes", Int64(clamping: vitals.writes))
        member("last_write_ms", vitals.lastWriteTook.milliseconds)
        member("requests_waiting", Int64(vitals.waitingRequests))
        member("oldest_wait_ms", vitals.oldestWait?.milliseconds ?? 0)
        member("receives_waiting", Int64(vitals.waitingReceives))
        member("checks_in_flight", Int64(vitals.checksInFlight))
        member("streams", Int64(served.streams.count))
        member("timeouts_fired", Int64(clamping: vitals.lateness.count))
        member("timeout_lateness_p50_ms", vitals.lateness.median.milliseconds)
        member("timeout_lateness_p99_ms", vitals.lateness.p99.milliseconds)
        member("timeouts_held", vitals.timeoutHold != nil)
        member("clock_held", vitals.isClockHeld)
        member("wal_bytes", Int64(vitals.walBytes))
        if let percent = vitals.freeDiskPercent { member("disk_free_percent", Int64(percent)) }
        key("refusals")
        beginObject()
        for (code, count) in served.refusals.all {
            key(named: Text(code.rawValue))
            int(Int64(clamping: count))
        }
        endObject()
        endObject()
    }
}
