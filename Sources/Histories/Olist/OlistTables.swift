import Foundation
import WaybillCore

/// The three files of an Olist directory, read and joined. All findings are gathered before anything is used.
struct OlistTables {
    private(set) var orders: [OlistOrder] = []
    private var places: [OrderID: Int] = [:]
    private var findings = InputFindings()
    private let limits: InputLimits

    init(directory: String, limits: InputLimits) throws {
        self.limits = limits
        try read("orders", in: directory, columns: Self.orderColumns) { tables, row throws(InputFinding) in
            try tables.addOrder(row)
        }
        try read("order_items", in: directory, columns: Self.itemColumns) { tables, row throws(InputFinding) in
            try tables.addItem(row)
        }
        try read("order_payments", in: directory, columns: Self.paymentColumns) { tables, row throws(InputFinding) in
            try tables.addPayment(row)
        }
        guard findings.isEmpty else { throw findings }
        places = [:]
        for index in orders.indices {
            orders[index].items.sort { $0.number < $1.number }
            orders[index].payments.sort { $0.number < $1.number }
        }
    }

    /// Reads one file row by row. A row that is wrong is noted, and the next one is read.
    private mutating func read(
        _ name: String, in directory: String, columns: [String],
        _ add: (inout OlistTables, CSVRow) throws(InputFinding) -> Void
    ) throws {
        let path = try Self.path(name, in: directory)
        var table = try CSVTable(
            InputFile.open(path, limits: limits), file: path, columns: columns, limits: limits)
        while true {
            do throws(InputFinding) {
                guard let row = try table.next() else { return }
                try add(&self, row)
            } catch {
                findings.add(error)
                if error.endsTheFile { return }
            }
        }
    }

    /// The file of this name, packed or not, also as the public set calls it.
    private static func path(_ name: String, in directory: String) throws(InputFinding) -> String {
        let names = ["\(name).csv", "\(name).csv.gz", "olist_\(name)_dataset.csv", "olist_\(name)_dataset.csv.gz"]
        for name in names {
            let path = URL(fileURLWithPath: directory).appendingPathComponent(name).path
            if FileManager.default.fileExists(atPath: path) { return path }
        }
        throw InputFinding(.unreadable, file: directory, "there is none of \(names.joined(separator: ", "))")
    }

    private static let orderColumns = [
        "order_id", "customer_id", "order_status", "order_purchase_timestamp", "order_approved_at",
        "order_delivered_carrier_date", "order_delivered_customer_date", "order_estimated_delivery_date",
    ]

    private mutating func addOrder(_ row: CSVRow) throws(InputFinding) {
        let id = OrderID(try row.identifier(0))
        guard let status = OlistOrder.Status(rawValue: row.text(2).string) else {
            throw row.finding(
                .value, 2,
                "'\(row.text(2))' is none of \(OlistOrder.Status.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let order = OlistOrder(
            id: id, customer: try row.identifier(1), status: status, purchased: try row.time(3),
            approved: try row.optionalTime(4), handedOver: try row.optionalTime(5),
            delivered: try row.optionalTime(6), estimatedDelivery: try row.time(7))
        guard places[id] == nil else { throw row.finding(.duplicate, 0, "order \(id) came before") }
        places[id] = orders.count
        orders.append(order)
    }

    private static let itemColumns = [
        "order_id", "order_item_id", "product_id", "seller_id", "shipping_limit_date", "price", "freight_value",
    ]

    private mutating func addItem(_ row: CSVRow) throws(InputFinding) {
        let place = try place(of: row)
        let item = OlistOrder.Item(
            number: try row.number(1), product: try row.identifier(2), seller: try row.identifier(3),
            priceCents: try row.cents(5), freightCents: try row.cents(6), shippingLimit: try row.time(4))
        guard !orders[place].items.contains(where: { $0.number == item.number }) else {
            throw row.finding(.duplicate, 1, "item \(item.number) of this order came before")
        }
        orders[place].items.append(item)
    }

    private static let paymentColumns = [
        "order_id", "payment_sequential", "payment_type", "payment_installments", "payment_value",
    ]

    private mutating func addPayment(_ row: CSVRow) throws(InputFinding) {
        let place = try place(of: row)
        let payment = OlistOrder.Payment(
            number: try row.number(1), type: try row.identifier(2), installments: try row.number(3),
            valueCents: try row.cents(4))
        guard !orders[place].payments.contains(where: { $0.number == payment.number }) else {
            throw row.finding(.duplicate, 1, "payment \(payment.number) of this order came before")
        }
        orders[place].payments.append(payment)
    }

    private func place(of row: CSVRow) throws(InputFinding) -> Int {
        let id = OrderID(try row.identifier(0))
        guard let place = places[id] else { throw row.finding(.orphan, 0, "there is no order \(id)") }
        return place
    }
}

extension CSVRow {
    /// A whole number, 0 or more.
    func number(_ column: Int) throws(InputFinding) -> Int64 {
        guard let number = Int64(text(column).string), number >= 0 else {
            throw finding(.value, column, "'\(text(column))' is no whole number")
        }
        return number
    }
}
