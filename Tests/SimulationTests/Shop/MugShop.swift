import Fixtures
import Waybill
import WaybillCore

/// The shop that the simulation runs.
extension MugShop {
    static let stock = StockKey(sku: "mug")
    static let unpaid = TimeoutName(Text(timeout))

    static let workflow = WorkflowText(text, source: "mug-shop.yaml")
}
