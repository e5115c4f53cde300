package import WaybillCore

/// A value of an order by which lists may filter.
package struct OrderAttribute: Hashable, Sendable {
    package var name: Text
    package var value: Text

    package init(name: Text, value: Text) {
        self.name = name
        self.value = value
    }
}

/// Attributes of orders placed about the same time lie together: a new one changes the same few pages as its
/// neighbours, however many orders the file has. A list looks at one shelf after the other.
enum AttributeShelf {
    static func of(_ order: StreamNumber) -> Int64 { order.number >> 17 }
    /// The lowest number of an order on a shelf.
    static func first(_ shelf: Int64) -> StreamNumber { StreamNumber(shelf << 17) }
}

extension Transaction {
    /// Brings the attribute rows of an order from what they were to what they are; equal ones stay untouched.
    package func replaceAttributes(
        of order: StreamNumber, old: [OrderAttribute], new: [OrderAttribute]
    ) throws(StoreFailure) {
        for attribute in old where !new.contains(attribute) { try delete(attribute, of: order) }
        for attribute in new where !old.contains(attribute) { try insert(attribute, of: order) }
    }

    private func insert(_ attribute: OrderAttribute, of order: StreamNumber) throws(StoreFailure) {
        let statement = try statement(
            "INSERT INTO order_attribute (shelf, name, value, number) VALUES (?1, ?2, ?3, ?4)")
        statement.bind(attribute, of: order)
        try statement.run()
    }

    private func delete(_ attribute: OrderAttribute, of order: StreamNumber) throws(StoreFailure) {
        let statement = try statement(
            "DELETE FROM order_attribute WHERE shelf = ?1 AND name = ?2 AND value = ?3 AND number = ?4")
        statement.bind(attribute, of: order)
        try statement.run()
    }
}

extension TableReader where Self: ~Copyable {
    /// Whether an order is listed under an attribute.
    package func hasAttribute(_ attribute: OrderAttribute, of order: StreamNumber) throws(StoreFailure) -> Bool {
        let statement = try query(
            "SELECT 1 FROM order_attribute WHERE shelf = ?1 AND name = ?2 AND value = ?3 AND number = ?4")
        statement.bind(attribute, of: order)
        return try statement.first { _ in true } ?? false
    }

    /// The attribute rows after one, by shelf, name, value and order; nil: from the first.
    package func orderAttributes(
        after last: (attribute: OrderAttribute, order: StreamNumber)?, limit: Int
    ) throws(StoreFailure) -> [(attribute: OrderAttribute, order: StreamNumber)] {
        let statement = try query(
            """
            SELECT name, value, number FROM order_attribute WHERE (shelf, name, value, number) > (?1, ?2, ?3, ?4)
            ORDER BY shelf, name, value, number LIMIT ?5
            """)
        // No text sorts before the empty one, and no number of an order is as low as 0.
        statement.bind(1, AttributeShelf.of(last?.order ?? StreamNumber(0)))
        statement.bind(2, last?.attribute.name ?? "")
        statement.bind(3, last?.attribute.value ?? "")
        statement.bind(4, last?.order ?? StreamNumber(0))
        statement.bind(5, Int64(limit))
        return try statement.all { columns in
            (OrderAttribute(name: columns.text(0), value: columns.text(1)), columns.stream(2))
        }
    }
}

extension Statement {
    /// The whole row of an attribute, in the order of the table's key.
    fileprivate func bind(_ attribute: OrderAttribute, of order: StreamNumber) {
        bind(1, AttributeShelf.of(order))
        bind(2, attribute.name)
        bind(3, attribute.value)
        bind(4, order)
    }
}
