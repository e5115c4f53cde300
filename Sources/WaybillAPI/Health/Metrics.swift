import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Health {
    static let metrics = Operation(
        "metrics", .get, "/metrics", "Metrics in the text form of Prometheus.", grant: Need(.metrics, .viewer),
        answers: [Operation.Answer(200, "The metrics.", .text(bytesMax: 16 << 20), type: "text/plain")],
        example: Example(
            .get("/metrics"), 200, "#", isBeginning: true),
        handler: { call throws(Problem) in
            // A scraper has its own time-out, and metrics without some of their numbers are of no use.
            let counts = try await call.book.unbounded { book in try Counts(of: book) }
            var text = MetricsText()
            text.write(call.book.book.engine.vitalsNow, counts, refusals: call.served.refusals.all)
            return Reply(
                200, body: Array(text.text.utf8), contentType: "text/plain; version=0.0.4; charset=utf-8")
        })

    /// What is counted in the file for one answer: each number to a bound.
    struct Counts: Sendable {
        static let countMax = 10_000
        /// Groups that are told apart; the lag of others is not looked up.
        static let groupsMax = 200
        static let ages: [(name: String, age: Interval)] = [
            ("1s", .seconds(1)), ("10s", .seconds(10)), ("1m", .minutes(1)), ("10m", .minutes(10)),
        ]

        var overdue: [(age: String, count: Int)] = []
        var lags: [GroupLag] = []
        var undecided = 0

        init(of book: OrderBook) throws {
            let engine = book.engine
            for (name, age) in Self.ages {
                overdue.append((name, try engine.countOverdue(by: age, limit: Self.countMax)))
            }
            undecided = try engine.countUndecided(limit: Self.countMax)
            for group in try book.messages.groups().prefix(Self.groupsMax) {
                lags += try engine.lags(of: group.name, rowsMax: Self.countMax).get()
            }
        }
    }
}

/// Lines of Prometheus' text form.
struct MetricsText {
    private(set) var text = ""

    private mutating func head(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private mutating func line(_ name: String, _ labels: [(String, String)] = [], _ value: String) {
        let list = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        text += list.isEmpty ? "\(name) \(value)\n" : "\(name){\(list)} \(value)\n"
    }

    private static func escaped(_ label: String) -> String {
        label.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private mutating func gauge(_ name: String, _ value: String, _ help: String) {
        head(name, "gauge", help)
        line(name, value)
    }

    private mutating func line(_ name: String, _ value: String) { line(name, [], value) }

    private static func seconds(_ milliseconds: Int64) -> String { "\(Double(milliseconds) / 1_000)" }

    private static func seconds(nanoseconds: UInt64) -> String { "\(Double(nanoseconds) / 1_000_000_000)" }

    mutating func write(
        _ vitals: Vitals, _ counts: Health.Counts, refusals: [(code: ProblemCode, count: UInt64)]
    ) {
        writeDurations(vitals.writeDurations)
        gauge("waybill_intake_waiting", "\(vitals.waitingRequests)", "Requests that wait for the writer.")
        head("waybill_refusals_total", "counter", "Requests that were refused, by the code of the problem.")
        for (code, count) in refusals { line("waybill_refusals_total", [("code", code.rawValue)], "\(count)") }
        head(
            "waybill_timeouts_overdue", "gauge",
            "Timeouts of orders that are overdue by that long or longer, counted to \(Health.Counts.countMax).")
        for (age, count) in counts.overdue {
            line("waybill_timeouts_overdue", [("kind", "order"), ("age", age)], "\(count)")
        }
        writeLags(counts.lags)
        gauge(
            "waybill_half_messages", "\(counts.undecided)",
            "Half messages that are not decided, counted to \(Health.Counts.countMax).")
        gauge("waybill_wal_bytes", "\(vitals.walBytes)", "The log that is not back in the file yet.")
        if let percent = vitals.freeDiskPercent {
            gauge("waybill_disk_free_ratio", "\(Double(percent) / 100)", "How much of the disk is free.")
        }
        gauge("waybill_clock_held", vitals.isClockHeld ? "1" : "0", "Whether timeouts wait for the clock.")
    }

    private mutating func writeDurations(_ durations: DurationBuckets) {
        let name = "waybill_commit_duration_seconds"
        head(name, "histogram", "How long writes took, their commits included.")
        for (bound, count) in durations.cumulative {
            line("\(name)_bucket", [("le", bound.map { Self.seconds(nanoseconds: $0) } ?? "+Inf")], "\(count)")
        }
        line("\(name)_sum", Self.seconds(nanoseconds: durations.sum))
        line("\(name)_count", "\(durations.count)")
    }

    private mutating func writeLags(_ lags: [GroupLag]) {
        let labels = { (lag: GroupLag) in [("group", lag.group.text.string), ("topic", lag.topic.text.string)] }
        head("waybill_group_lag_messages", "gauge", "Messages that a group is owed.")
        for lag in lags { line("waybill_group_lag_messages", labels(lag), "\(lag.messages)") }
        head("waybill_group_lag_seconds", "gauge", "The age of the oldest message that a group is owed.")
        for lag in lags {
            line("waybill_group_lag_seconds", labels(lag), Self.seconds(lag.oldest?.milliseconds ?? 0))
        }
        head("waybill_dead_letters", "gauge", "Messages that a group has given up.")
        var dead: [GroupName: Int64] = [:]
        for lag in lags { dead[lag.group, default: 0] += lag.dead }
        for (group, count) in dead.sorted(by: { $0.key < $1.key }) {
            line("waybill_dead_letters", [("group", group.text.string)], "\(min(count, Int64(Health.Counts.countMax)))")
        }
    }
}
