import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Health {
    static let metrics = Operation(
        "metrics", .get, "/metrics",
        "Metrics in the text form of Prometheus, or of OpenMetrics for a caller that accepts it.",
        grant: Need(.metrics, .viewer), headers: [.accept],
        answers: [Operation.Answer(200, "The metrics.", .text(bytesMax: 16 << 20), type: "text/plain")],
        example: Example(
            .get("/metrics"), 200, "#", isBeginning: true),
        handler: { call throws(Problem) in
            // A scraper has its own time-out, and metrics without some of their numbers are of no use.
            let form: MetricsText.Form =
                call.headers.accepts("application/openmetrics-text") ? .openMetrics : .prometheus
            let bytes = try await call.book.unbounded { [served = call.served] book in
                var text = MetricsText(form)
                text.write(try Numbers(of: book), of: served)
                return text.bytes
            }
            return Reply(200, body: bytes, contentType: form.contentType)
        })
}

extension MetricsText {
    /// All of them, in the order of the list.
    fileprivate mutating func write(_ numbers: Numbers, of served: Served) {
        write(
            .buildInfo,
            [
                (
                    [
                        ("version", served.settings.version), ("sqlite", Engine.sqliteVersion),
                        ("durable", numbers.isDurable ? "true" : "false"),
                    ], "1"
                )
            ])
        write(requestsOf: served)
        write(engine: numbers)
        write(ordersOf: numbers)
        write(timeoutsOf: numbers)
        write(messagesOf: numbers)
        write(fileOf: numbers)
        write(modulesOf: numbers)
        if let rocketMQ = served.rocketMQ { write(rocketMQ()) }
        if let certificate = served.certificate {
            write(.certificateExpiry, Self.seconds(certificate.expires.since(served.book.now)))
        }
        write(ProcessNumbers())
    }

    private mutating func write(requestsOf served: Served) {
        let requests = served.requests.all
        write(.httpRequests, requests.map { ($0.labels, "\($0.took.count)") })
        write(.httpDuration, requests.map { ($0.labels, $0.took) }, scale: 1_000_000_000)
        write(.httpConnections, Int64(served.connections.count))
        write(.httpRejected, served.connections.refusals.map { ([("limit", $0.limit)], "\($0.count)") })
        write(.httpStreams, Int64(served.streams.count))
        write(.httpProblems, served.refusals.all.map { ([("code", $0.code.rawValue)], "\($0.count)") })
    }

    private mutating func write(engine numbers: Numbers) {
        let (vitals, counts) = (numbers.vitals, numbers.counts)
        write(
            .commands,
            counts.commands.sorted { $0.key < $1.key }.map { key, count in
                (
                    [
                        ("workflow", key.workflow.string), ("command", key.command.string),
                        ("result", key.result.rawValue),
                    ], "\(count)"
                )
            })
        write(
            .refusals,
            counts.refusals.sorted { $0.key < $1.key }.map { key, count in
                ([("code", key.code), ("at", key.place.rawValue)], "\(count)")
            })
        write(.commitDuration, [([], vitals.writeDurations)], scale: 1_000_000_000)
        write(.writeRequests, [([], vitals.writeSizes)], scale: 1)
        write(.intakeWaiting, Int64(vitals.waitingRequests))
        write(.intakeOldest, Self.seconds(vitals.oldestWait ?? Interval(milliseconds: 0)))
        write(.intakeLimit, Int64(numbers.intakeMax))
        write(.stopped, vitals.stopped != nil)
        write(
            .loopFailures,
            vitals.loopFailures.sorted { $0.key < $1.key }.map { loop, count in ([("loop", loop)], "\(count)") })
        write(
            .auditEvents,
            counts.audits.sorted { $0.key < $1.key }.map { type, count in
                ([("type", type.text.string)], "\(count)")
            })
    }

    private mutating func write(ordersOf numbers: Numbers) {
        let counts = numbers.census.counts
        // A workflow may make words of data: of too many the most frequent are told apart.
        let isFew = counts.count <= Numbers.labelsMax
        let named = isFew ? counts : Array(counts.sorted { $0.orders > $1.orders }.prefix(Numbers.labelsMax))
        var lines: [(labels: Labels, value: String)] = named.map { count in
            ([("workflow", count.workflow.text.string), ("status", count.status)], "\(count.orders)")
        }
        let rest = counts.reduce(0) { $0 + $1.orders } - named.reduce(0) { $0 + $1.orders }
        if rest > 0 { lines.append(([("workflow", "other"), ("status", "other")], "\(rest)")) }
        write(.orders, lines)
        write(.censusBehind, numbers.census.eventsBehind)
    }

    private mutating func write(timeoutsOf numbers: Numbers) {
        let kinds = numbers.file.timeouts
        write(
            .timeoutLateness, kinds.map { ([("kind", $0.kind)], $0.lateness) },
            scale: 1_000)
        write(.timeoutsPending, kinds.map { ([("kind", $0.kind)], "\($0.pending)") })
        write(
            .timeoutsOverdue,
            kinds.flatMap { kind in
                zip(FileNumbers.ages, kind.overdue).map { age, count in
                    ([("kind", kind.kind), ("age", age.name)], "\(count)")
                }
            })
        write(.timeoutsParked, kinds.map { ([("kind", $0.kind)], "\($0.parked)") })
        write(.timeoutsHeld, numbers.vitals.hold != nil)
        write(.clockHeld, numbers.vitals.isClockHeld)
    }

    private mutating func write(fileOf numbers: Numbers) {
        let (vitals, file) = (numbers.vitals, numbers.file)
        write(.operations, file.jobs.map { ([("state", $0.state)], "\($0.jobs)") })
        write(.walBytes, Int64(vitals.walBytes))
        if let bytes = file.fileBytes { write(.fileBytes, bytes) }
        if let percent = vitals.freeDiskPercent { write(.diskFree, "\(Double(percent) / 100)") }
        write(.checkpointDuration, [([], vitals.checkpointDurations)], scale: 1_000_000_000)
        write(.checkpointFailures, "\(vitals.checkpointFailures)")
    }

    private mutating func write(modulesOf numbers: Numbers) {
        let label = { (module: ModuleView) in [(name: "module", value: module.name.text.string)] }
        write(.moduleLag, numbers.modules.map { (label($0), "\($0.owed)") })
        write(.moduleFailures, numbers.modules.map { (label($0), "\($0.failures.count)") })
    }

    private mutating func write(_ process: ProcessNumbers) {
        if let bytes = process.residentBytes { write(.residentMemory, bytes) }
        if let seconds = process.cpuSeconds { write(.cpuSeconds, "\(seconds)") }
        if let count = process.openFiles { write(.openFiles, count) }
        if let count = process.openFilesMax { write(.openFilesMax, count) }
    }
}
