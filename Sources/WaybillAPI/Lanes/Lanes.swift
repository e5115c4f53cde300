/// Operations on grey-release routes.
enum Lanes {
    static let operations: [Operation] = [listLanes, closeLane]
}
