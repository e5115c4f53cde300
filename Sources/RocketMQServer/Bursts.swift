import GRPCServing
import NIOCore
import Synchronization
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// Verbs of one kind that come in during one turn of the event loop: they go to the writer together, and their answers
/// come back together. So a turn costs the intake one lock and the loop one wake-up, whatever the number of calls.
///
/// ```
/// call, call, call ──add──► end of the turn ──one burst for each caller──► writer ──► the loop: answer, answer, answer
/// ```
final class Bursts<Verb: BrokerVerb>: Sendable {
    private struct Waiting {
        let one: Burst<Verb>.One
        let reply: @Sendable (BrokerReply<Verb.Answer>) -> Void
    }

    /// Verbs in one piece: a large turn shares writes with what else comes.
    private static var burstMax: Int { 64 }

    private let waiting = Mutex<[Text: [Waiting]]>([:])

    /// Has a verb written for a call; `reply` is called on the call's event loop.
    func add<Question>(
        _ verb: Verb, for asked: Asked<Question>, to engine: Engine,
        reply: @escaping @Sendable (BrokerReply<Verb.Answer>) -> Void
    ) {
        let caller = asked.caller.principal.name
        let one = Waiting(one: (verb, asked.end(after: engine.world.uptime())), reply: reply)
        let isFirst = waiting.withLock { waiting in
            let isFirst = waiting.isEmpty
            waiting[caller, default: []].append(one)
            return isFirst
        }
        guard isFirst else { return }
        let loop = asked.call.connection.loop
        loop.execute { self.hand(to: engine, on: loop) }
    }

    private func hand(to engine: Engine, on loop: any EventLoop) {
        let turn = waiting.withLock { waiting in
            defer { waiting = [:] }
            return waiting
        }
        for (caller, all) in turn {
            var rest = all[...]
            while !rest.isEmpty {
                let some = Array(rest.prefix(Self.burstMax))
                rest = rest.dropFirst(some.count)
                engine.submit(Burst(some.map(\.one), of: caller)) { replies in
                    loop.execute { for (one, reply) in zip(some, replies) { one.reply(reply) } }
                }
            }
        }
    }
}
