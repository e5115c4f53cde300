package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Messages for a module of this process, which handles and finishes them in one write.
extension Receiver {
    /// New messages of a FIFO group, with the mark beyond them; nil: they need a separate write.
    func readForModule(_ scan: Scan, _ open: OpenBatch) async throws -> ModuleBatch? {
        guard let mark = scan.markOfNew else { return nil }
        let found = try read(scan)
        guard let group = groups.read({ $0.group(open.admitted.group) }) else { return nil }
        let until = world.now().advanced(by: open.request.invisible ?? group.invisible)
        var batch = ModuleBatch(scan: scan, group: open.admitted.group, elements: [])
        var (wanted, bytes) = (0, 0)
        for one in found {
            // What others may want of it needs a row, so that nothing overtakes it.
            if one.isLeft { break }
            guard one.content != nil else {
                batch.elements.append(ModuleBatch.Element(found: one, grant: nil, delivery: nil))
                continue
            }
            guard scan.hasRoom(for: one, besides: wanted, bytes: bytes) else { break }
            wanted += 1
            bytes += one.bytes
            let grant = GrantedLease(
                place: scan.key.place(one.offset), epoch: scan.epoch, attempt: 1, nonce: 0, until: until,
                isReplayed: false)
            batch.elements.append(
                ModuleBatch.Element(found: one, grant: nil, delivery: deliver(one, grant, scan, DeliveryReceipt(""))))
        }
        guard let last = batch.elements.last?.found.offset else { return nil }
        if last >= mark {
            let raised = await writer.submit(RaiseMark(scan.key, epoch: scan.epoch, to: last + 1 + Broker.marksAhead))
            if raised.refusal != nil { return nil }
        }
        return batch
    }

    /// Messages of an ordinary group that were taken from memory.
    func moduleBatch(of leased: [Leased], _ scan: Scan, _ group: GroupNumber) -> ModuleBatch {
        ModuleBatch(
            scan: scan, group: group,
            elements: leased.map { one in
                ModuleBatch.Element(
                    found: one.found, grant: one.lease,
                    delivery: deliver(one.found, one.lease, scan, DeliveryReceipt("")))
            })
    }

    /// Gives a batch back after the writes that dealt with its first messages: the rest is there for the next look,
    /// or is handed over as deliveries to be answered one by one.
    package func giveBack(_ rest: ModuleBatch, dropped: Int, of batch: ModuleBatch) -> [Delivery] {
        guard !batch.scan.isFIFO else {
            groups.end(batch.scan, found: batch.elements.prefix(dropped).map(\.found), tookAll: true)
            return []
        }
        return rest.elements.compactMap { element in
            element.grant.map { deliver(element.found, $0, batch.scan, batch.group) }
        }
    }
}
