import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Groups in which every client gets every message, from its own position in memory, beginning at the newest.
extension Receiver {
    /// What a client has not seen yet. Nothing is in flight, nothing comes twice, and nothing is held back for it.
    func broadcast(
        _ request: ReceiveRequest, _ admitted: Admitted
    ) throws -> [Delivery] {
        let share = admitted.readingBytes
        var bytes = 0
        var deliveries: [Delivery] = []
        for queue in admitted.queues {
            while deliveries.count < request.max, deliveries.isEmpty || bytes < share {
                guard var scan = groups.scanBroadcast(request, admitted.group, queue) else { break }
                scan.bytesMax = share - bytes
                let found = try read(scan)
                bytes += found.reduce(0) { $0 + ($1.content == nil ? 0 : $1.bytes) }
                var seen: Int64?
                let before = deliveries.count
                for one in found where deliveries.count < request.max {
                    seen = one.offset + 1
                    guard one.content != nil else { continue }
                    let grant = GrantedLease(
                        place: scan.key.place(one.offset), epoch: 0, attempt: 0, nonce: 0, until: world.now(),
                        isReplayed: false)
                    var delivery = deliver(one, grant, scan, admitted.group)
                    delivery.attempt = 1
                    deliveries.append(delivery)
                }
                ring.count(delivered: deliveries.count - before, to: request.group, from: scan.key.queue)
                guard let seen else { break }
                groups.move(request.client, of: admitted.group, queue, to: seen)
            }
        }
        return deliveries
    }
}
