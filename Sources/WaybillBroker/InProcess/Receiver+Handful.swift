package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Messages for a module of this process, which handles and finishes them in one write.
extension Receiver {
    /// New messages of a FIFO group, with the mark beyond them; nil: they have to be taken in a write of their own.
    func untaken(_ look: Look, _ reception: Reception, _ group: GroupNumber) async throws -> Handful? {
        guard let mark = look.markOfNew else { return nil }
        let found: [Found]
        do {
            found = try read(look)
        } catch {
            groups.finish(look, found: [], tookAll: false)
            throw error
        }
        let until = world.now().advanced(by: reception.invisible ?? .seconds(30))
        var handful = Handful(look: look, group: group, elements: [])
        var (wanted, bytes) = (0, 0)
        for one in found {
            // What others may want of it needs a row, so that nobody overtakes it.
            if one.isLeft { break }
            guard one.content != nil else {
                handful.elements.append(Handful.Element(found: one, grant: nil, delivery: nil))
                continue
            }
            guard look.hasRoom(for: one, besides: wanted, bytes: bytes) else { break }
            wanted += 1
            bytes += one.bytes
            let grant = Granted(
                place: look.key.place(one.offset), epoch: look.epoch, attempt: 1, nonce: 0, until: until,
                isReplayed: false)
            handful.elements.append(
                Handful.Element(found: one, grant: nil, delivery: delivery(one, grant, look, DeliveryReceipt(""))))
        }
        guard let last = handful.elements.last?.found.offset else { return nil }
        if last >= mark {
            let raised = await submit(.raiseMark(look.key, epoch: look.epoch, to: last + 1 + Broker.marksAhead))
            if raised.refusal != nil { return nil }
        }
        return handful
    }

    /// Messages of an ordinary group that were taken from memory.
    func handful(of granted: [(found: Found, grant: Granted)], _ look: Look, _ group: GroupNumber) -> Handful {
        Handful(
            look: look, group: group,
            elements: granted.map { one in
                Handful.Element(
                    found: one.found, grant: one.grant,
                    delivery: delivery(one.found, one.grant, look, DeliveryReceipt("")))
            })
    }

    /// Gives a handful back after the writes that dealt with its first messages: the rest is there for the next look,
    /// or is handed over as deliveries to be answered one by one.
    package func giveBack(_ rest: Handful, dropped: Int, of handful: Handful) -> [Delivery] {
        guard !handful.look.isFIFO else {
            groups.finish(handful.look, found: handful.elements.prefix(dropped).map(\.found), tookAll: true)
            return []
        }
        return rest.elements.compactMap { element in
            element.grant.map { delivery(element.found, $0, handful.look, handful.group) }
        }
    }
}
