import WaybillCore
import WaybillStore
import WaybillTimeouts

/// The last step of a receive: what the consumer is told.
extension Receiver {
    /// A message with its receipt.
    func deliver(_ found: Candidate, _ lease: GrantedLease, _ scan: Scan, _ group: GroupNumber) -> Delivery {
        let receipt = ReceiptNumbers(lease, scan, group, boot: store.bootNumber).sealed(by: seal)
        return deliver(found, lease, scan, receipt)
    }

    /// - Parameter receipt: worth nothing when no answer is expected.
    func deliver(_ found: Candidate, _ lease: GrantedLease, _ scan: Scan, _ receipt: DeliveryReceipt) -> Delivery {
        let message = found.message
        let content = found.content
        return Delivery(
            id: content?.originID ?? content?.id ?? "", topic: content?.origin ?? scan.topic.name,
            lane: scan.queue.lane, body: content?.body ?? [], tag: message?.message.tag, keys: content?.keys ?? [],
            properties: content?.properties ?? [:], messageGroup: content?.messageGroup,
            priority: Int(scan.queue.priority), bornAt: message?.message.bornAt ?? lease.until,
            storedAt: message?.visibleAt ?? lease.until, attempt: lease.attempt, isReplayed: lease.isReplayed,
            receipt: receipt,
            invisibleUntil: lease.until, event: message?.message.event, order: content?.order,
            place: MessageOrigin(queue: lease.place.queue.number, offset: lease.place.offset), trace: content?.trace,
            faceNote: content?.faceNote)
    }

    /// Keeps for traces who got what.
    func record(_ leased: [Leased], _ request: ReceiveRequest) {
        guard !leased.isEmpty else { return }
        let now = world.now()
        ring.record(
            leased.map { one in
                TraceRing.Entry(
                    one.lease.place,
                    MessageTrace.Happening(
                        at: now, kind: .delivered, group: request.group, client: request.client,
                        attempt: one.lease.attempt))
            })
    }
}
