import Fixtures
import Foundation
import Testing
import Waybill
import WaybillAPI
import WaybillCore
import WaybillTimeouts

/// Lines of metrics, by name and labels.
struct MetricLines {
    struct MetricProblem: Error {
        let line: String
    }

    let text: String
    private(set) var values: [String: Double] = [:]

    init(_ text: String) throws {
        self.text = text
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let space = try #require(line.lastIndex(of: " "), "\(line)")
            let name = String(line[..<space])
            try #require(values[name] == nil, "\(name) is there twice")
            let number: Double? = Double(String(line[line.index(after: space)...]))
            guard let number else { throw MetricProblem(line: String(line)) }
            values[name] = number
        }
    }

    /// Those of one metric, by its labels as they stand.
    subscript(name: String) -> [String: Double] {
        var found: [String: Double] = [:]
        for (key, value) in values {
            if key == name { found[""] = value }
            if key.hasPrefix("\(name){") { found[String(key.dropFirst(name.count + 1).dropLast())] = value }
        }
        return found
    }
}

/// Metrics of a file at rest are compared with queries of its tables by another program.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/sqlite3"), "asking a file needs sqlite3"))
struct `Numbers at rest` {
    private let directory: TemporaryDirectory
    private let path: String
    private let shop: APIShop

    init() async throws {
        directory = try TemporaryDirectory()
        path = directory.file("shop.db")
        let made = try OrderBook.open(
            path, workflows: WorkflowText.shipped, world: .virtual(VirtualClock(start: APIShop.noon)))
        await made.close()
        shop = try APIShop(file: path)
    }

    /// What a query finds: the last column of each row, by the others as labels.
    private func rows(_ labels: [String], _ query: String) throws -> [String: Double] {
        var found: [String: Double] = [:]
        for line in try sqlite(path, ".separator \"|\"\n\(query);").split(separator: "\n") {
            let columns = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            let name = zip(labels, columns).map { "\($0)=\"\($1)\"" }.joined(separator: ",")
            found[name] = Double(columns[labels.count])
        }
        return found
    }

    private func metrics(_ headers: [(RequestHeader, String)] = []) async throws -> MetricLines {
        try MetricLines(await shop.send(.init(.get, "/metrics", headers)).text)
    }

    private func order(_ id: String, key: String) -> Example.Step {
        Example.Step(
            .post, "/v1/orders", [(.idempotencyKey, key), (.role, "shop")],
            body: """
                {"id":"\(id)","workflow":"flash-sale",
                 "data":{"buyer":"\(id)","sku":"mug","at":"","price_cents":900,"limit":2}}
                """)
    }

    private func command(_ name: String, of order: String, _ data: String) -> Example.Step {
        Example.Step(.post, "/v1/orders/\(order)/commands/\(name)", [(.role, "payments")], body: data)
    }

    private func work() async throws {
        for step in [ExampleShop.stock, ExampleShop.place, ExampleShop.pay] { await shop.send(step) }
        for number in 1...9 { await shop.send(order("o-\(number)", key: "k-\(number)")) }
        // Repeated, refused because of the order, and because of a word that no workflow has.
        for number in 1...4 { await shop.send(order("o-\(number)", key: "k-\(number)")) }
        for number in 1...3 {
            await shop.send(command("pay", of: "o-\(number)", #"{"payment":"p\#(number)","amount_cents":900}"#))
        }
        #expect(await shop.send(command("fly", of: "o-1", "{}")).status == 404)
        #expect(await shop.send(command("cancel", of: "o-1", "{}")).status >= 400)
        for step in [ExampleShop.topic, ExampleShop.group, ExampleShop.message, ExampleShop.delayed, ExampleShop.half] {
            #expect(await shop.send(step).status < 300, "\(step.target)")
        }
        for number in 1...5 {
            await shop.send(
                Example.Step(
                    .post, "/v1/topics/ledger/messages", [(.idempotencyKey, "m-\(number)")],
                    body: #"{"id":"m-\#(number)","tag":"paid","data":{"n":\#(number)}}"#))
        }
        shop.book.advance(by: .seconds(3))
        let received = try JSON(reading: await shop.send(ExampleShop.receiveBooking).body)
        let receipts = (received["items"]?.elements ?? []).compactMap { $0["receipt"]?.asText }
        try #require(receipts.count == 6)
        for (verb, receipt) in zip(["acknowledge", "acknowledge", "fail", "dead-letter"], receipts) {
            await shop.send(.init(post: "/v1/groups/shipping/\(verb)", "{\"receipts\":[\"\(receipt)\"]}"))
        }
        // Some timeouts fire, some wait.
        shop.book.advance(by: .minutes(20))
        await shop.send(order("late", key: "late"))
    }

    @Test func `say how many orders, timeouts and messages the tables hold`() async throws {
        try await work()
        let metrics = try await metrics()
        let orders = try rows(
            ["workflow", "status"],
            """
            SELECT w.name, o.status, count(*) FROM orders o JOIN workflow w ON w.number = o.workflow GROUP BY 1, 2
            """)
        #expect(metrics["waybill_orders"] == orders && orders.count >= 3)
        #expect(metrics["waybill_census_behind_events"] == ["": 0])
        let kinds =
            "CASE kind WHEN 1 THEN 'order' WHEN 2 THEN 'delayed_message' WHEN 3 THEN 'redelivery' "
            + "WHEN 4 THEN 'check_back' ELSE 'call' END"
        let pending = try rows(
            ["kind"],
            """
            SELECT \(kinds), count(*) FROM (SELECT kind FROM timeout UNION ALL SELECT kind FROM timeout_retry)
            GROUP BY 1
            """)
        #expect(metrics["waybill_timeouts_pending"].filter { $0.value > 0 } == pending && pending.count >= 2)
        let sent = try rows(
            ["topic"],
            """
            SELECT t.name, count(m.place) FROM topic t LEFT JOIN stored_queue q ON q.topic = t.number
            LEFT JOIN message m ON m.place / 1099511627776 = q.number WHERE t.deleted_at IS NULL GROUP BY 1
            """)
        #expect(metrics["waybill_messages_sent_total"] == sent && sent["topic=\"ledger\""] == 6)
        let halves = try rows(
            ["state"], "SELECT state, count(*) FROM pending_message WHERE state IN ('half', 'parked') GROUP BY 1")
        #expect(metrics["waybill_half_messages"].filter { $0.value > 0 } == halves && halves.count == 1)
        #expect(metrics["waybill_half_message_oldest_seconds"] == ["": 1_203])
        #expect(metrics["waybill_dead_letters"] == ["group=\"shipping\"": 1])
        let bytes = try #require(
            try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        #expect(metrics["waybill_file_bytes"] == ["": Double(bytes)])
        await shop.book.close()
    }

    @Test func `say what became of commands and of deliveries`() async throws {
        try await work()
        let metrics = try await metrics()
        let commands = metrics["waybill_commands_total"]
        let accepted = try rows(
            ["workflow", "command", "result"],
            """
            SELECT w.name, e.type, 'accepted', count(*) FROM event e JOIN orders o ON o.number = e.stream
            JOIN workflow w ON w.number = o.workflow WHERE e.type NOT LIKE '$%' GROUP BY 1, 2
            """)
        #expect(commands.filter { $0.key.contains("accepted") } == accepted && accepted.count >= 4)
        func of(_ command: String, _ result: String) -> Double? {
            commands["workflow=\"flash-sale\",command=\"\(command)\",result=\"\(result)\""]
        }
        #expect(commands.filter { $0.key.contains("repeated") }.values.reduce(0, +) == 4)
        #expect(of("other", "refused") == 1, "\(commands)")
        #expect(commands.filter { $0.key.contains("refused") }.values.reduce(0, +) == 2)
        let refusals = metrics["waybill_refusals_total"]
        #expect(refusals["code=\"unknown_command\",at=\"writer\""] == 1, "\(refusals)")
        let group = "topic=\"ledger\",group=\"shipping\""
        #expect(metrics["waybill_messages_delivered_total"][group] == 6)
        #expect(metrics["waybill_messages_acknowledged_total"][group] == 2)
        // One failed, two were not answered in time.
        #expect(metrics["waybill_messages_failed_total"][group] == 3)
        #expect(metrics["waybill_delivery_duration_seconds_count"] == ["group=\"shipping\"": 2])
        #expect(metrics["waybill_delivery_duration_seconds_sum"] == ["group=\"shipping\"": 6])
        let buckets = metrics["waybill_delivery_duration_seconds_bucket"]
        #expect(buckets["group=\"shipping\",le=\"2.048\""] == 0 && buckets["group=\"shipping\",le=\"4.096\""] == 2)
        let fired = try rows([], "SELECT count(*) FROM event WHERE type IN ('$timeout', '$expired', '$unanswered')")
        #expect(metrics["waybill_timeout_lateness_seconds_count"]["kind=\"order\""] == fired[""])
        #expect(fired[""] ?? 0 > 3)
        let vitals = shop.book.vitals
        #expect(metrics["waybill_commit_duration_seconds_count"] == ["": Double(vitals.writes)])
        #expect(metrics["waybill_write_requests_count"] == ["": Double(vitals.writes)])
        await shop.book.close()
    }

    @Test func `say what callers over HTTP were answered`() async throws {
        try await work()
        let metrics = try await metrics()
        let requests = metrics["waybill_http_requests_total"]
        #expect(requests["operation=\"placeOrder\",code=\"2xx\""] == 15, "\(requests)")
        #expect(requests["operation=\"sendCommand\",code=\"4xx\""] == 2)
        #expect(
            requests
                == Dictionary(
                    uniqueKeysWithValues: metrics["waybill_http_request_duration_seconds_count"].map { ($0, $1) }))
        let problems = metrics["waybill_http_problems_total"]
        #expect(problems["code=\"unknown_command\""] == 1 && problems.values.reduce(0, +) == 2)
        await shop.book.close()
    }

    @Test func `are of the closed list, each with its type, in both forms`() async throws {
        try await work()
        for accept in ["*/*", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"] {
            let reply = await shop.send(.init(.get, "/metrics", [(.accept, accept)]))
            let isOpen = accept.hasPrefix("application")
            #expect(reply.contentType?.hasPrefix(isOpen ? "application/openmetrics-text" : "text/plain") == true)
            #expect(reply.text.hasSuffix("\n# EOF\n") == isOpen)
            var missing = Set(Metric.allCases)
            for metric in Metric.allCases {
                let family = isOpen && metric.kind == .counter ? String(metric.rawValue.dropLast(6)) : metric.rawValue
                let head = "# HELP \(family) \(metric.help)\n# TYPE \(family) \(metric.kind.rawValue)\n"
                if reply.text.contains(head) { missing.remove(metric) }
            }
            // Nothing has failed, no module works, there is no certificate, and no RocketMQ client is served.
            let expected: Set<Metric> = [
                .loopFailures, .moduleLag, .moduleFailures, .certificateExpiry, .rocketMQRequests, .rocketMQDuration,
                .rocketMQStreams, .rocketMQClients, .rocketMQGivenBack,
            ]
            #expect(missing.subtracting([.diskFree]) == expected, "\(missing)")
            let names = Set(
                try MetricLines(reply.text).values.keys.map { key in
                    let name = String(key.prefix { $0 != "{" })
                    for ending in ["_bucket", "_sum", "_count"] where Metric(rawValue: name) == nil {
                        if name.hasSuffix(ending) { return String(name.dropLast(ending.count)) }
                    }
                    return name
                })
            #expect(names.allSatisfy { Metric(rawValue: $0) != nil }, "\(names)")
        }
        await shop.book.close()
    }
}
