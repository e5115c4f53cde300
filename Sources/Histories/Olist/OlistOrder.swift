import WaybillCore

/// One order as the three files of the Olist set describe it.
struct OlistOrder {
    var id: OrderID
    var customer: Text
    var status: Status
    var purchased: Moment
    var approved: Moment?
    var handedOver: Moment?
    var delivered: Moment?
    var estimatedDelivery: Moment
    /// By their numbers within the order.
    var items: [Item] = []
    var payments: [Payment] = []

    /// The word of the column `order_status`.
    enum Status: String, CaseIterable {
        case created, approved, processing, invoiced, shipped, delivered, canceled, unavailable

        /// The status that an order of olist-order has in the end.
        var final: Text {
            switch self {
            case .created: "CREATED"
            case .approved: "PAID"
            case .processing: "PROCESSING"
            case .invoiced: "INVOICED"
            case .shipped: "SHIPPED"
            case .delivered: "DELIVERED"
            case .canceled: "CANCELED"
            case .unavailable: "UNAVAILABLE"
            }
        }

        /// The command that the status stands for, when no column has its time.
        var inferredCommand: OlistCommand? {
            switch self {
            case .created, .approved, .shipped, .delivered: nil
            case .processing: .process
            case .invoiced: .invoice
            case .canceled: .cancel
            case .unavailable: .markUnavailable
            }
        }
    }

    struct Item {
        var number: Int64
        var product: Text
        var seller: Text
        var priceCents: Int64
        var freightCents: Int64
        var shippingLimit: Moment
    }

    struct Payment {
        var number: Int64
        var type: Text
        var installments: Int64
        var valueCents: Int64
    }
}

/// The commands of olist-order, in causal rank.
enum OlistCommand: String, CaseIterable {
    case place
    case approve
    case handOver = "hand_over"
    case deliver
    case process
    case invoice
    case cancel
    case markUnavailable = "mark_unavailable"

    var name: EventName { EventName(rawValue) }
}
