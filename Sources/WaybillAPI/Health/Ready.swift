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

    private static func look(_ call: Call) async throws(Problem) -> Reply {
        switch call.served.now {
        case .ready: break
        case .stopping: throw Problem(.shuttingDown, "the server stops")
        case .stopped(let why): throw Problem(.failStopped, why)
        }
        let vitals = call.book.book.vitals
        if let why = vitals.stopped { throw Problem(.failStopped, why) }
        guard !vitals.isDraining else { throw Problem(.shuttingDown, "the order book is being closed") }
        var warnings: [Text] = []
        if let percent = vitals.freeDiskPercent {
            guard percent >= DiskWatch.ordersNeedPercent else {
                var problem = Problem(Refusal.diskNearlyFull(freePercent: percent))
                problem.status = 503
                throw problem
            }
            if percent < DiskWatch.messagesNeedPercent {
                warnings.append("the disk has \(Text("\(percent)")) % free; topics take nothing from outside")
            }
        }
        if vitals.isClockHeld { warnings.append("the wall clock jumped ahead; timeouts wait until it is confirmed") }
        if let hold = vitals.timeoutHold { warnings.append("timeouts are held by \(hold.heldBy): \(hold.why)") }
        return .json { writer in
            writer.beginObject()
            writer.member("ready", true)
            writer.members("warnings", warnings) { $0.text($1) }
            writer.endObject()
        }
    }
}
