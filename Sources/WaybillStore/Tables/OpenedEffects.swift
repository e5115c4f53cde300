import WaybillCore

/// From where on modules may have effects by messages that a look-back brings again: a setting per group and stored
/// queue, because hardly any has one.
extension Transaction {
    /// Opens effects of a group in a stored queue from an offset on; nil shuts them.
    package func openEffects(
        of group: GroupNumber, in queue: StoredQueueNumber, from offset: Int64?
    ) throws(StoreFailure) {
        if let offset {
            try set(.openedEffects(group, queue), to: offset)
        } else {
            try removeSetting(.openedEffects(group, queue))
        }
    }

    /// Takes away what a deleted group has opened; answers how many rows.
    func purgeOpenedEffects(of group: GroupNumber) throws(StoreFailure) -> Int {
        // From the blank after the group's number up to the character that follows a blank.
        let statement = try statement("DELETE FROM setting WHERE name >= ?1 || ' ' AND name < ?1 || '!'")
        statement.bind(1, Text.openedEffects(group))
        return try statement.run()
    }
}

extension TableReader where Self: ~Copyable {
    /// From which offset on effects of a group are open in a stored queue; nil: they are shut.
    package func effectsOpened(
        of group: GroupNumber, in queue: StoredQueueNumber
    ) throws(StoreFailure) -> Int64? {
        try numberSetting(.openedEffects(group, queue))
    }
}

extension Text {
    fileprivate static func openedEffects(_ group: GroupNumber) -> Text { "effects-open \(group.number)" }

    fileprivate static func openedEffects(_ group: GroupNumber, _ queue: StoredQueueNumber) -> Text {
        "\(openedEffects(group)) \(queue.number)"
    }
}
