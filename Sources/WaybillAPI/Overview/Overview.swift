import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

/// Operations on how the whole shop is, at one look.
enum Overview {
    static let operations: [Operation] = [showOverview, followOverview]

    /// Workflows and statuses that are told apart.
    static let countsMax = 1_000

    /// How many of the last refusals are told.
    static let refusalsMax = 20

    /// How many orders there are of each workflow in each status: a row for each is read.
    static func census(_ served: Served) async throws(Problem) -> OrderBook.Census {
        try await served.book.unbounded { book in try book.census() }
    }

    static let count = Schema.integer(0...Schema.safeIntegers.upperBound)
}

extension JSONWriter {
    static func bytes(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        write(&writer)
        return writer.bytes
    }

    mutating func overview(_ served: Served, _ census: OrderBook.Census, at now: Moment?) {
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
        key("orders")
        beginArray()
        for count in census.counts.prefix(Overview.countsMax) {
            beginObject()
            member("workflow", count.workflow.text)
            member("status", Text(count.status))
            member("orders", count.orders)
            endObject()
        }
        endArray()
        member("orders_more", census.hasMore || census.counts.count > Overview.countsMax)
        member("orders_as_of", Text(census.position.text))
        member("orders_behind", census.eventsBehind)
        key("recent_refusals")
        beginArray()
        for refusal in served.book.book.recentRefusals(limit: Overview.refusalsMax) {
            beginObject()
            member("at", refusal.at)
            member("order", refusal.order.text)
            member("code", Text(refusal.code))
            member("detail", Text(refusal.message))
            endObject()
        }
        endArray()
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
