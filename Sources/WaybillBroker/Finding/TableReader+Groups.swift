import WaybillStore

extension TableReader where Self: ~Copyable {
    /// Shows every group that exists, however many there are.
    func forEachGroup(_ body: (GroupRow) throws -> Void) throws {
        var last = GroupNumber(0)
        while true {
            let page = try groups(after: last, limit: 1_000)
            for group in page where group.deletedAt == nil { try body(group) }
            guard page.count == 1_000, let end = page.last else { return }
            last = end.number
        }
    }
}
