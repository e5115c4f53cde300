import Waybill
import WaybillCore

/// What the shoppers of a rush in real time were told is done: all of it must be in the file.
struct Acknowledged {
    private static let differencesMax = 20

    private var orders: [OrderID: Bool] = [:]

    var count: Int { orders.count }

    mutating func take(_ answer: ShopAnswer, to request: ShopRequest) {
        guard case .accepted = answer else { return }
        switch request.kind {
        case .place: orders[request.orderID] = orders[request.orderID] ?? false
        case .pay: orders[request.orderID] = true
        case .cancel: break
        }
    }

    /// Acknowledged orders that the file does not know, or whose payment it does not.
    func differences(from book: OrderBook) throws -> [String] {
        var differences: [String] = []
        for (id, isPaid) in orders.sorted(by: { $0.key < $1.key }) where differences.count < Self.differencesMax {
            guard let order = try book.order(id) else {
                differences.append("order \(id) was acknowledged and is not in the file")
                continue
            }
            // A payment of a closed order is taken and given back: then it is closed still.
            if isPaid, order.status == "awaiting payment" {
                differences.append("the payment of order \(id) was acknowledged and is not in the file")
            }
        }
        return differences
    }
}
