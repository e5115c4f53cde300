/// What is to happen, by time; what is to happen at the same time, in the order in which it was planned.
struct EventQueue<Element> {
    private struct Entry {
        let at: Int64
        let sequence: UInt64
        let element: Element

        func isBefore(_ other: Entry) -> Bool { at == other.at ? sequence < other.sequence : at < other.at }
    }

    /// A binary heap: no entry is before the one at half its index.
    private var heap: [Entry] = []
    private var sequence: UInt64 = 0

    var isEmpty: Bool { heap.isEmpty }

    /// When the next is due; microseconds.
    var nextAt: Int64? { heap.first?.at }

    mutating func add(_ element: Element, at moment: Int64) {
        heap.append(Entry(at: moment, sequence: sequence, element: element))
        sequence += 1
        var index = heap.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard heap[index].isBefore(heap[parent]) else { return }
            heap.swapAt(index, parent)
            index = parent
        }
    }

    mutating func removeFirst() -> (at: Int64, element: Element)? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.at, first.element)
    }

    private mutating func sink() {
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child].isBefore(heap[least]) {
                least = child
            }
            if least == index { return }
            heap.swapAt(index, least)
            index = least
        }
    }
}
