import Waybill

/// The sale that is simulated under the shipped workflow: one phone an order, two a buyer, fifteen minutes to pay.
enum FlashSale {
    static let sku = "phone"
    static let perBuyer = 2
    static let priceCents = 500
    static let payWithin: Int64 = 900_000
    static let timeout: TimeoutName = "unpaid.after.15m"
    static let waiting = "awaiting payment"
    static let paid = "awaiting shipment"

    /// The stock row that is the limit of a buyer.
    static func limit(of buyer: String) -> String { "limit:phone@\(buyer)" }
}

/// What may be asked in a flash sale.
enum FlashRequest: Equatable {
    case receive(Int)
    case adjust(Int)
    case place(String, buyer: String)
    case pay(String, payment: String, cents: Int)
    case cancel(String)
    case ship(String, parcel: String)
    /// The answer to a call of the order by its number, with an amount that may contradict it.
    case answer(String, call: Int, isDone: Bool, cents: Int?)
    case extend(String, by: Int64)
    case stop(String)

    var order: String? {
        switch self {
        case .receive, .adjust: nil
        case .place(let id, _), .pay(let id, _, _), .cancel(let id), .ship(let id, _), .answer(let id, _, _, _),
            .extend(let id, _), .stop(let id):
            id
        }
    }
}

/// One step of a simulation.
enum FlashStep {
    case ask(FlashRequest, key: String?)
    case pass(Int64)
    /// The file is closed, time goes by, and it is opened again.
    case reopen(after: Int64)
}
