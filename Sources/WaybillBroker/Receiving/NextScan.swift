import WaybillCore
import WaybillStore

/// The second step of a receive: where to look.
extension Receiver {
    /// Where a receive looks next; nil: its batch is full, or no queue has anything more for it.
    func nextScan(_ batch: inout OpenBatch) async -> Scan? {
        while !batch.queues.isEmpty {
            if batch.isFull {
                batch.mayHaveLeft = true
                return nil
            }
            if batch.scans == OpenBatch.scansMax {
                batch.mayHaveLeft = true
                batch.pass(1)
                continue
            }
            let next = groups.scan(
                batch.queues, of: batch.admitted.group, batch.request, max: batch.room,
                readySeen: batch.readySeen)
            guard let next else { return nil }
            batch.pass(next.passed)
            batch.scans += 1
            switch next.step {
            case .scan(var scan):
                scan.bytesMax = batch.bytesLeft
                scan.isFirst = batch.deliveries.isEmpty
                return scan
            case .raiseMark(let key, let epoch, let mark):
                guard let refusal = await writer.submit(RaiseMark(key, epoch: epoch, to: mark)).refusal else {
                    continue
                }
                // A mark that was not raised would be asked for again without an end.
                if case .unknownMessage = refusal {
                    // A look-back has moved the cursor: its commit makes the receive look again.
                    batch.pass(1)
                } else {
                    batch.passQueue(because: refusal)
                }
            }
        }
        return nil
    }
}
