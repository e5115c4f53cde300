package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Which lanes a client may name, and which were closed.
extension Broker {
    /// Why a client may not name a lane; nil: it may. Lanes of orders and messages that are taken in already are never
    /// refused, so a file may have more lanes than a client could make at once.
    package func refusal(ofLane lane: Text) -> MessageRefusal? {
        guard !lane.isEmpty, pending.namedLanes[lane] == nil else { return nil }
        let uptime = world.uptime()
        let known = committed { $0.lanes(at: uptime, besides: lane, settings) }
        guard let known else { return nil }
        let count = known.union(pending.namedLanes.keys).count
        guard count >= settings.lanesMax else {
            pending.namedLanes[lane] = uptime
            return nil
        }
        return .limit(
            "lanes of a file; it has \(count), and the lane \(lane) would be one more. A lane ends when its "
                + "messages are gone and no consumer reads it", max: settings.lanesMax)
    }
}
