import NIOCore
import Synchronization
import WaybillCore

/// Batches that were lost on the way to their client, each kept for the attempt that took it: asked again within some
/// seconds, it gets the same.
final class KeptBatches: Sendable {
    private struct Attempt: Hashable {
        let client: ClientKey
        let group: GroupName
        let name: Text
    }

    private static let keptFor = TimeAmount.seconds(5)

    private let kept = Mutex<[Attempt: NIOCore.Scheduled<Void>]>([:])

    /// Keeps a batch; `giveBack` is called unless its attempt comes again in time.
    func keep(
        _ client: ClientKey, _ group: GroupName, _ name: Text, on loop: any EventLoop,
        giveBack: @escaping @Sendable () -> Void
    ) {
        let attempt = Attempt(client: client, group: group, name: name)
        let end = loop.scheduleTask(in: Self.keptFor) { [self] in
            guard kept.withLock({ $0.removeValue(forKey: attempt) }) != nil else { return }
            giveBack()
        }
        let earlier = kept.withLock { kept in
            defer { kept[attempt] = end }
            return kept[attempt]
        }
        earlier?.cancel()
    }

    /// An attempt asks again.
    func comeAgain(_ client: ClientKey, _ group: GroupName, _ name: Text) {
        let attempt = Attempt(client: client, group: group, name: name)
        kept.withLock { $0.removeValue(forKey: attempt) }?.cancel()
    }
}
