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

extension Transaction {
    /// Brings the attribute rows of an order from what they were to what they are; equal ones stay untouched.
    package func replaceAttributes(
        of order: StreamNumber, old: [OrderAttribute], new: [OrderAttribute]
    ) throws(StoreFailure) {
        for attribute in old where !new.contains(attribute) { try delete(attribute, of: order) }
        for attribute in new where !old.contains(attribute) { try insert(attribute, of: order) }
    }

    private func insert(_ attribute: OrderAttribute, of order: StreamNumber) throws(StoreFailure) {
        let statement = try statement("INSERT INTO order_attribute (name, value, number) VALUES (?1, ?2, ?3)")
        statement.bind(1, attribute.name)
        statement.bind(2, attribute.value)
        statement.bind(3, order)
        try statement.run()
    }

    private func delete(_ attribute: OrderAttribute, of order: StreamNumber) throws(StoreFailure) {
        let statement = try statement("DELETE FROM order_attribute WHERE name = ?1 AND value = ?2 AND number = ?3")
        statement.bind(1, attribute.name)
        statement.bind(2, attribute.value)
        statement.bind(3, order)
        try statement.run()
    }
}

extension TableReader where Self: ~Copyable {
    /// Whether an order is listed under an attribute.
    package func hasAttribute(_ attribute: OrderAttribute, of order: StreamNumber) throws(StoreFailure) -> Bool {
        let statement = try query("SELECT 1 FROM order_attribute WHERE name = ?1 AND value = ?2 AND number = ?3")
        statement.bind(1, attribute.name)
        statement.bind(2, attribute.value)
        statement.bind(3, order)
        return try statement.first { _ in true } ?? false
    }

    /// The attribute rows after one, by name, value and order; nil: from the first.
    package func orderAttributes(
        after last: (attribute: OrderAttribute, order: StreamNumber)?, limit: Int
    ) throws(StoreFailure) -> [(attribute: OrderAttribute, order: StreamNumber)] {
        let statement = try query(
            """
            SELECT name, value, number FROM order_attribute WHERE (name, value, number) > (?1, ?2, ?3)
            ORDER BY name, value, number LIMIT ?4
            """)
        // No text sorts before the empty one, and no number of an order is as low as 0.
        statement.bind(1, last?.attribute.name ?? "")
        statement.bind(2, last?.attribute.value ?? "")
        statement.bind(3, last?.order ?? StreamNumber(0))
        statement.bind(4, Int64(limit))
        return try statement.all { columns in
            (OrderAttribute(name: columns.text(0), value: columns.text(1)), columns.stream(2))
        }
    }
}
