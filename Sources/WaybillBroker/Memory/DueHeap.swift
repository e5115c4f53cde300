import WaybillCore

/// What comes due, the earliest first. Entries that were overtaken stay until they come up; their owner knows.
struct DueHeap<Element> {
    private var entries: [(due: Moment, element: Element)] = []

    var count: Int { entries.count }
    var earliest: Moment? { entries.first?.due }

    mutating func add(_ element: Element, due: Moment) {
        entries.append((due, element))
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child].due < entries[parent].due else { break }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the earliest off, if it is due.
    mutating func pop(upTo now: Moment) -> (due: Moment, element: Element)? {
        guard let first = entries.first, first.due <= now else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            sink()
        }
        return first
    }

    /// Drops from the front what its owner does not know any more.
    mutating func dropEarliest(unless isKnown: (Moment, Element) -> Bool) {
        while let first = entries.first, !isKnown(first.due, first.element) { _ = pop(upTo: first.due) }
    }

    /// Drops what its owner does not know any more: without it, entries of long leases would gather.
    mutating func compact(_ isKnown: (Moment, Element) -> Bool) {
        let kept = entries.filter { isKnown($0.due, $0.element) }
        entries = []
        for entry in kept { add(entry.element, due: entry.due) }
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var smallest = parent
            for child in (2 * parent + 1)...(2 * parent + 2)
            where child < entries.count && entries[child].due < entries[smallest].due {
                smallest = child
            }
            guard smallest != parent else { return }
            entries.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
