package import WaybillCore

/// Lanes that were closed: the base reads what lies in them, whatever consumers they still have.
extension Transaction {
    /// Closes a lane; again changes nothing.
    package func closeLane(_ lane: Text) throws(StoreFailure) {
        let statement = try statement(
            """
            INSERT INTO waybill_closed_lane (lane, digest) VALUES (?1, row_digest(?1)) ON CONFLICT (lane) DO NOTHING
            """)
        statement.bind(1, lane)
        try statement.run()
    }
}

extension TableReader where Self: ~Copyable {
    /// All closed lanes, of which a file has few.
    package func closedLanes() throws(StoreFailure) -> Set<Text> {
        let statement = try query("SELECT lane FROM waybill_closed_lane WHERE lane > ''")
        return Set(try statement.all { columns in columns.text(0) })
    }
}
