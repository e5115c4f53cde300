import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

/// Operations on how the whole shop is, at one look.
enum Overview {
    static let operations: [Operation] = [showOverview, followOverview]

    static let count = Schema.integer(0...Schema.safeIntegers.upperBound)
}

extension JSONWriter {
    static func bytes(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        write(&writer)
        return writer.bytes
    }

    mutating func overview(_ served: Served, at now: Moment?) {
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
