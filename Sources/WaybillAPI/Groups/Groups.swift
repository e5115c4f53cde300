/// Operations on consumer groups.
enum Groups {
    static let operations: [Operation] = [
        listGroups, showGroup, putGroup, deleteGroup, lag, clients, lookBack,
    ]
}
