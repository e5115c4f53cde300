import WaybillCore
import WaybillStore

/// A delivery that a consumer was given.
struct GrantedLease: Hashable, Sendable {
    var place: MessagePlace
    var epoch: Int64
    var attempt: Int64
    var nonce: Int64
    var until: Moment
    var isReplayed: Bool
}
