import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

/// Operations on the whole journal.
enum Events {
    static let operations: [Operation] = [listEvents, followEvents]
}

extension Call {
    /// Whether acts of operators are shown: the audit is for operators too.
    var seesActs: Bool { principal.may(Need(.operator)) { _ in nil } }
}

extension OrderBook.JournalEvent {
    /// Whether it is an act of an operator, or what the engine tells of itself.
    var isAct: Bool {
        switch self {
        case .order, .stock: false
        case .audit: true
        }
    }
}
