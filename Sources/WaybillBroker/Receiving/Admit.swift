import WaybillCore
import WaybillStore
import WaybillTimeouts

/// The first step of a receive: memory lets it in and chooses its queues, once the group knows what it asks for.
extension Receiver {
    /// Times that a group is told of a topic before its consumer is.
    private static let subscriptionsMax = 3

    func admit(_ request: ReceiveRequest) async -> Admission {
        var admission = groups.admit(request, at: world.now(), uptime: world.uptime())
        // A message that becomes visible meanwhile may open a queue that the group is not told of yet.
        for _ in 0..<Self.subscriptionsMax {
            guard case .unknown = admission else { break }
            if let refusal = await subscribe(request) { return .refused(refusal) }
            admission = groups.admit(request, at: world.now(), uptime: world.uptime())
        }
        return admission
    }

    /// Has the group told of the topic and the expression, in a write.
    private func subscribe(_ request: ReceiveRequest) async -> MessageRefusal? {
        await writer.submit(Subscribe(request.group, request.subscription)).refusal
    }
}
