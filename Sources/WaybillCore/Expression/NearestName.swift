/// The candidate most like `name`, when one is like enough to be what was meant.
package func nearestName(to name: Text, among candidates: some Sequence<Text>) -> Text? {
    // One letter resembles any other. Longer words are no slips of a name, and the distance takes time by the product
    // of both lengths.
    let bytesMax = 64
    guard name.byteCount > 1, name.byteCount <= bytesMax else { return nil }
    let distanceMax = max(1, name.byteCount / 3)
    var nearest: (name: Text, distance: Int)?
    for candidate in candidates where candidate.byteCount <= bytesMax && candidate != name {
        let distance = editDistance(name, candidate)
        if distance <= distanceMax, nearest.map({ distance < $0.distance }) ?? true { nearest = (candidate, distance) }
    }
    return nearest?.name
}

/// How many bytes must be inserted, removed, replaced or swapped with their neighbour to make one text of the other;
/// a difference in case alone counts once for the whole name.
private func editDistance(_ left: Text, _ right: Text) -> Int {
    let (a, b) = (left.string.lowercased().utf8.map { $0 }, right.string.lowercased().utf8.map { $0 })
    if a == b { return left == right ? 0 : 1 }
    var beforePrevious: [Int] = []
    var previous = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        row.reserveCapacity(b.count + 1)
        for j in b.indices {
            var cost = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforePrevious[j - 1] + 1) }
            row.append(cost)
        }
        (beforePrevious, previous) = (previous, row)
    }
    return previous[b.count]
}
