/// The candidate most like `name`, when one is like enough to be what was meant.
package func nearestName(to name: Text, among candidates: some Sequence<Text>) -> Text? {
    // One letter resembles any other, and longer words are no slips of a name.
    guard name.byteCount > 1, name.byteCount <= bytesMax else { return nil }
    var distanceMax = min(slipsMax, max(1, name.byteCount / 3))
    let lowercase = Array(name.string.lowercased().utf8)
    var nearest: Text?
    for candidate in candidates where candidate.byteCount <= bytesMax && candidate != name {
        let other = Array(candidate.string.lowercased().utf8)
        // A difference in case alone counts once for the whole name.
        let distance = lowercase == other ? 1 : editDistance(lowercase, other, max: distanceMax)
        guard let distance, distance <= distanceMax else { continue }
        nearest = candidate
        guard distance > 1 else { return nearest }
        distanceMax = distance - 1
    }
    return nearest
}

private let bytesMax = 64
/// More slips than these are another word, however long.
private let slipsMax = 8

/// How many bytes must be inserted, removed, replaced or swapped with their neighbour to make one text of the other;
/// nil: more than `max`. Only what lies within `max` of the diagonal is looked at, and no more rows than are needed to
/// tell: a workflow with hundreds of wrong names is checked while its caller waits.
private func editDistance(_ a: [UInt8], _ b: [UInt8], max: Int) -> Int? {
    guard abs(a.count - b.count) <= max else { return nil }
    let far = max + 1
    var (beforePrevious, previous) = ([Int](repeating: far, count: b.count + 1), Array(0...b.count))
    var row = previous
    for i in a.indices {
        let columns = Swift.max(0, i - max)..<min(b.count, i + max + 1)
        row[columns.lowerBound] = columns.lowerBound == 0 ? i + 1 : far
        var least = row[columns.lowerBound]
        for j in columns {
            let above = j + 1 > i + max ? far : previous[j + 1]
            var cost = min(above + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforePrevious[j - 1] + 1) }
            row[j + 1] = cost
            least = min(least, cost)
        }
        guard least <= max else { return nil }
        (beforePrevious, previous, row) = (previous, row, beforePrevious)
    }
    return previous[b.count] <= max ? previous[b.count] : nil
}
