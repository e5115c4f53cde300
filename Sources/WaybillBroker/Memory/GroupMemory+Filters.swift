import WaybillCore
import WaybillStore

/// Which expressions groups use.
extension GroupMemory.State {
    /// Groups that may have rows of expressions which memory has forgotten, with how often that was noticed.
    var forgottenFilters: [(group: GroupNumber, count: UInt64)] {
        unusedFilters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The expressions that a group uses for a topic now.
    func filtersInUse(
        of topic: TopicNumber, in group: GroupNumber, at uptime: Interval, _ settings: BrokerSettings
    ) -> [FilterUse.Key] {
        (groups[group]?.filters ?? [:]).filter { $0.key.topic == topic && $0.value.isInUse(at: uptime, settings) }
            .map(\.key)
    }

    func knows(_ filter: FilterUse.Key, of group: GroupNumber) -> Bool { groups[group]?.filters[filter] != nil }
}
