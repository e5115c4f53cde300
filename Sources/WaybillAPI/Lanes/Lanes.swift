import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

/// Operations on grey-release routes.
enum Lanes {
    static let operations: [Operation] = [listLanes, closeLane]
}
