import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Health {
    private static let word = Schema.word(["ok", "warn", "bad"])

    static let showVitals = Operation(
        "showHealth", .get, "/v1/health", "Tells how the server is: each vital with its value, its limit and a word.",
        grant: Need(.viewer),
        answers: [
            Operation.Answer(
                200, "How it is.",
                .object([
                    Field("word", word, "The worst of all.", isRequired: true),
                    Field("vitals", .map(.anyObject), "By name.", isRequired: true),
                    Field("sqlite", .text(), isRequired: true), Field("boot", .integer(), isRequired: true),
                    Field("event", .text(), "The last event of the journal.", isRequired: true),
                ]))
        ],
        example: Example(.get("/v1/health"), 200, #"{"word":"ok","vitals":{"stopped":{"value":"","#, isBeginning: true),
        handler: { call throws(Problem) in
            let vitals = Vital.all(of: call.served)
            let now = call.book.book.vitals
            let worst = vitals.map(\.word).max() ?? .ok
            return .json { writer in
                writer.beginObject()
                writer.member("word", Text(worst.text))
                writer.key("vitals")
                writer.beginObject()
                for vital in vitals {
                    writer.key(named: Text(vital.name))
                    writer.vital(vital)
                }
                writer.endObject()
                writer.member("sqlite", Text(now.sqliteVersion))
                writer.member("boot", now.bootNumber)
                writer.member("event", Text(now.lastPosition.text))
                writer.endObject()
            }
        })
}

extension Health {
    /// How the server is, in one word: that of its worst vital.
    static func word(of served: Served) -> Text {
        let worst = Vital.all(of: served).map(\.word).max() ?? .ok
        return Text(worst.text)
    }
}

/// One thing that a monitor looks at.
private struct Vital {
    enum Word: Int, Comparable {
        case ok, warn, bad

        var text: String {
            switch self {
            case .ok: "ok"
            case .warn: "warn"
            case .bad: "bad"
            }
        }

        static func < (left: Word, right: Word) -> Bool { left.rawValue < right.rawValue }
    }

    enum Value {
        case text(String)
        case number(Int64)
    }

    let name: String
    let value: Value
    /// Beyond it the word is not `ok`; nil: any text but the empty one.
    let limit: Int64?
    let word: Word

    /// A sentence that is empty when all is well.
    init(_ name: String, _ sentence: String?, _ word: Word) {
        self.name = name
        value = .text(sentence ?? "")
        limit = nil
        self.word = sentence == nil ? .ok : word
    }

    /// A number whose word follows from something else.
    init(_ name: String, number: Int64, _ word: Word) {
        self.name = name
        value = .number(number)
        limit = nil
        self.word = word
    }

    /// A number that warns beyond a limit, and is bad beyond another.
    init(_ name: String, _ number: Int64, warns limit: Int64, bad worst: Int64) {
        self.name = name
        value = .number(number)
        self.limit = limit
        word = number > worst ? .bad : number > limit ? .warn : .ok
    }

    /// What loops could not do counts from the start, and warns for some minutes after the last time.
    private static func loops(_ engine: Engine) -> [Vital] {
        let (now, uptime) = (engine.vitalsNow, engine.world.uptime())
        let recent = now.lastLoopFailures.filter { uptime - $0.value < Self.recent }.keys
        func vital(_ name: String, _ count: UInt64, isRecent: Bool) -> Vital {
            Vital(name, number: Int64(clamping: count), isRecent ? .warn : .ok)
        }
        return [
            vital("checkpoint_failures", now.checkpointFailures, isRecent: recent.contains("checkpoint")),
            vital("loop_failures", now.loopFailures.values.reduce(0, &+), isRecent: !recent.isEmpty),
        ]
            + now.loopFailures.sorted { $0.key < $1.key }.map { loop, count in
                vital("loop_failures_\(loop)", count, isRecent: recent.contains(loop))
            }
    }

    /// For how long a loop that has failed is looked at with care.
    private static let recent = Interval.minutes(10)

    static func all(of served: Served) -> [Vital] {
        let book = served.book.book
        let now = book.vitals
        let depth = Int64(book.engine.settings.intakeDepthMax)
        var vitals =
            [
                Vital("stopped", now.stopped, .bad),
                Vital("draining", now.isDraining ? "it is about to close" : nil, .warn),
                Vital("clock", now.isClockHeld ? "it jumped ahead; timeouts wait until it is confirmed" : nil, .warn),
                Vital("hold", now.timeoutHold.map { "timeouts are held by \($0.heldBy): \($0.why)" }, .warn),
                Vital("open", served.settings.isOpen ? "callers need no token" : nil, .warn),
                Vital("intake_waiting", Int64(now.waitingRequests), warns: depth / 4, bad: depth / 2),
                Vital("oldest_wait_ms", now.oldestWait?.milliseconds ?? 0, warns: 1_000, bad: 5_000),
                Vital("last_write_ms", now.lastWriteTook.milliseconds, warns: 500, bad: 5_000),
                Vital("timeout_lateness_p99_ms", now.lateness.p99.milliseconds, warns: 1_000, bad: 60_000),
                Vital("wal_bytes", Int64(now.walBytes), warns: 256 << 20, bad: 4 << 30),
            ] + loops(book.engine)
        if let percent = now.freeDiskPercent {
            vitals.append(Vital("disk_used_percent", Int64(100 - percent), warns: 90, bad: 95))
        }
        if let plain = served.settings.plainAddress {
            // Asked for, and no trouble by itself.
            vitals.append(Vital("plain", "\(plain) is served without TLS, for a proxy", .ok))
        }
        if let certificate = served.certificate {
            let trouble = certificate.trouble(at: book.now)
            vitals.append(Vital("certificate", trouble, certificate.expires <= book.now ? .bad : .warn))
        }
        return vitals
    }
}

extension JSONWriter {
    fileprivate mutating func vital(_ vital: Vital) {
        beginObject()
        switch vital.value {
        case .text(let text):
            member("value", Text(text))
            member("limit", "")
        case .number(let number): member("value", number)
        }
        if let limit = vital.limit { member("limit", limit) }
        member("word", Text(vital.word.text))
        endObject()
    }
}
