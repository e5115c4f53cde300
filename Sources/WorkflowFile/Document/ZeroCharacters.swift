/// Refuses U+0000 in the names and texts of a new workflow: SQL tools and terminals end a text there.
///
/// A text that was accepted before is not looked at again: its orders go on.
struct ZeroCharacters {
    let log: FindingLog

    /// Looks at a node and all below it.
    func refuse(in node: DocumentNode) {
        switch node.content {
        case .scalar(let scalar): if scalar.text.utf8.contains(0) { refuse(at: node) }
        case .sequence(let nodes): for node in nodes { refuse(in: node) }
        case .mapping(let pairs):
            for pair in pairs {
                if pair.name.utf8.contains(0) { refuse(at: pair.key) }
                refuse(in: pair.value)
            }
        }
    }

    private func refuse(at node: DocumentNode) {
        log.error(at: node, "a text with U+0000 in it", hint: "leave \\0 out; no text may have it")
    }
}
