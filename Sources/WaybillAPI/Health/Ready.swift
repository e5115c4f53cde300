import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

extension Health {
    static let ready = Operation(
        "ready", .get, "/readyz", "Whether new work is taken; a held clock is a warning, orders go on.",
        grant: Need(.nothing),
        answers: [
            Operation.Answer(
                200, "It is.",
                .object([
                    Field("ready", .boolean, isRequired: true),
                    Field("warnings", .array(.text(), countMax: 10), isRequired: true),
                ]))
        ],
        problems: [.shuttingDown, .failStopped, .diskNearlyFull],
        example: Example(.get("/readyz"), 200, #"{"ready":true,"warnings":[]}"#), handler: look)

    /// Anyone may ask this: who holds what, and what the system said, is for those who may look.
    private static let stopped = Problem(.failStopped, "an earlier write failed")

    private static func look(_ call: Call) async throws(Problem) -> Reply {
        switch call.served.now {
        case .ready: break
        case .stopping: throw .notReady(Problem(.shuttingDown, "the server stops"), because: "stopping")
        case .stopped: throw .notReady(stopped, because: "stopped")
        }
        let vitals = call.book.book.vitals
        guard vitals.stopped == nil else { throw .notReady(stopped, because: "stopped") }
        guard !vitals.isDraining else {
            throw .notReady(Problem(.shuttingDown, "the order book is being closed"), because: "stopping")
        }
        var warnings: [Text] = []
        if let percent = vitals.freeDiskPercent {
            guard percent >= DiskWatch.ordersNeedPercent else {
                throw .notReady(Problem(Refusal.diskNearlyFull(freePercent: percent)), because: "disk")
            }
            if percent < DiskWatch.messagesNeedPercent {
                warnings.append("the disk has \(Text("\(percent)")) % free; topics take nothing from outside")
            }
        }
        if vitals.isClockHeld { warnings.append("the wall clock jumped ahead; timeouts wait until it is confirmed") }
        if vitals.timeoutHold != nil { warnings.append("timeouts are held") }
        return .json { writer in
            writer.beginObject()
            writer.member("ready", true)
            writer.members("warnings", warnings) { $0.text($1) }
            writer.endObject()
        }
    }
}

extension Problem {
    /// Why no new work is taken, in one word for probes: 503 whatever the status elsewhere.
    fileprivate static func notReady(_ problem: Problem, because reason: String) -> Problem {
        var problem = problem
        problem.status = 503
        problem.members.append(("reason", Array("\"\(reason)\"".utf8)))
        return problem
    }
}
