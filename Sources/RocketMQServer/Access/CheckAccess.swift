import GRPCServing
import RocketMQProto
import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// Who asks, and whether it may.
extension RocketMQFace {
    /// Who calls, which the headers say; each call is a sign of life of its client.
    func caller(of call: Call) throws(Refused) -> Caller {
        let principal = try principal(of: call)
        guard let name = call.head.value("x-mq-client-id"), !name.isEmpty, !name.utf8.contains(0) else {
            throw Refused(.clientIDRequired, "the header x-mq-client-id names the client; it is missing")
        }
        let caller = Caller(
            principal: principal, client: ClientName.fitting(name), language: call.head.value("x-mq-language") ?? "",
            version: call.head.value("x-mq-client-version") ?? "")
        guard call.connection.seat.claim(for: (principal.token ?? principal.name).hashValue) else {
            call.connection.drain()
            throw Refused(.tooManyRequests, "\(principal.name) has as many connections open as it may")
        }
        try clients.hear(of: caller, on: call.connection)
        return caller
    }

    private func principal(of call: Call) throws(Refused) -> Principal {
        if settings.isOpen { return .anyone }
        let (header, date) = (call.head.value("authorization"), call.head.value("x-mq-date-time"))
        guard let found = proven(header, date, on: call.connection) ?? prove(header, date, on: call.connection) else {
            // As over HTTP, all callers without a valid key are one, which has its share of the connections.
            if !call.connection.seat.claim(for: 0) { call.connection.drain() }
            throw Refused(
                .unauthorized,
                "the access key is unknown, revoked or expired, or its signature is not right; "
                    + "`waybill token create --rocketmq` prints a pair")
        }
        noteUse(of: found)
        return found
    }

    /// Who has signed the same before on this connection: clients sign seconds, and send many calls in each. The token
    /// and the date are looked at each time.
    private func proven(_ header: String?, _ date: String?, on connection: Connection) -> Principal? {
        let proof = connection.note { (note: inout ConnectionNote?) in note?.proof }
        return proof?.principal(header, signed: date, in: tokens, at: engine.world.now())
    }

    private func prove(_ header: String?, _ date: String?, on connection: Connection) -> Principal? {
        let found = signatures.principal(Authorization(header), signed: date, in: tokens, at: engine.world.now())
        guard let found, let proof = Proof(of: found, header, signed: date) else { return found }
        connection.note { (note: inout ConnectionNote?) in
            var known = note ?? ConnectionNote()
            known.proof = proof
            note = known
        }
        return found
    }

    /// Notes the day on which a token is used: in memory, and by the first call of a day in the file.
    private func noteUse(of principal: Principal) {
        let day = engine.world.now().day
        guard let id = principal.token, tokens.noteUse(of: id, on: day) else { return }
        work { [engine] in
            // The call is worth more than the note: memory has it, and the file gets that of the next day.
            do { try await engine.noteUse(ofAccessToken: id, on: day) } catch {}
        }
    }

    /// Whether the token by which a client has come is still good: a wait may be longer than it is.
    func stands(_ caller: Caller) -> Bool {
        guard let token = caller.principal.token else { return true }
        return tokens.standing(token, at: engine.world.now()) != nil
    }

    /// Throws unless a caller may send to a topic.
    func requireProducer(_ caller: Caller, of topic: TopicName) throws(Refused) {
        guard caller.principal.mayProduce(topic.text) else {
            throw Refused(.forbidden, "\(caller.principal.name) has no grant producer:\(topic)")
        }
    }

    /// Throws unless a caller may consume for a group.
    func requireConsumer(_ caller: Caller, of group: GroupName) throws(Refused) {
        guard caller.principal.mayConsume(group.text) else {
            throw Refused(.forbidden, "\(caller.principal.name) has no grant consumer:\(group)")
        }
    }

    /// Throws unless a caller may read a topic: of dead letters those may who consume for their group.
    func requireReader(_ caller: Caller, of topic: TopicName) throws(Refused) {
        guard let group = topic.deadLetterGroup else { return }
        try requireConsumer(caller, of: group)
    }
}
