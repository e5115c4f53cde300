import Synchronization
import WaybillCore
import WaybillStore

/// Which expressions groups use.
extension GroupMemory {
    /// Groups that may have rows of expressions which memory has forgotten.
    func unusedFilters() -> [(GroupNumber, UInt64)] {
        state.withLock { state in state.unusedFilters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    }

    /// The expressions that a group uses for a topic now.
    func filtersInUse(of topic: TopicNumber, in group: GroupNumber, at uptime: Interval) -> [FilterUse.Key] {
        state.withLock { [settings] state in
            (state.groups[group]?.filters ?? [:]).filter {
                $0.key.topic == topic && $0.value.isInUse(at: uptime, settings)
            }.map(\.key)
        }
    }

    func knows(_ filter: FilterUse.Key, of group: GroupNumber) -> Bool {
        state.withLock { $0.groups[group]?.filters[filter] != nil }
    }
}
