import WaybillCore

/// Rules that people meet: invariants, and the sentence that a guard, a limit or an invariant gives them.
///
/// ```yaml
/// invariants:
///   - captured_cents <= total_cents
///   - {rule: shipped_count <= paid_count, because: Nothing leaves before it is paid}
/// on:
///   pay: {guard: event.amount_cents = price_cents, because: Pay the whole price at once, target: paid}
/// entry:
///   - reserve: {sku: "'limit:' || buyer", qty: 1, of: 2, because: One buyer gets two}
/// ```
extension OutlineReader {
    func invariants(_ node: DocumentNode) -> [Outline.Invariant] {
        if case .mapping(let pairs) = node.content, !pairs.contains(where: { $0.name == "rule" }) {
            log.error(
                at: node, "found a mapping, expected a list of conditions",
                hint: "write `- condition` lines below it; they have no names, and {rule: ..., because: ...} "
                    + "gives one a sentence")
            return []
        }
        return items(node, "invariants", countMax: WorkflowLimits.invariantsMax).compactMap(invariant)
    }

    private func invariant(_ node: DocumentNode) -> Outline.Invariant? {
        guard case .mapping = node.content else {
            return expression(node).map { Outline.Invariant(condition: $0, because: nil) }
        }
        guard let fields = fields(of: node, "an invariant", allowed: ["rule", "because"]),
            let rule = required("rule", in: fields, of: node, "invariants").flatMap({ expression($0) })
        else { return nil }
        return Outline.Invariant(condition: rule, because: fields["because"].flatMap(because))
    }

    /// The sentence that belongs to a condition, which must be there.
    func because(in fields: [String: DocumentNode], of condition: String) -> Text? {
        guard let node = fields["because"] else { return nil }
        guard fields[condition] != nil else {
            log.error(
                at: node, "`because:` without `\(condition):`", hint: "it says why the \(condition) is there")
            return nil
        }
        return because(node)
    }

    /// A sentence for people, on one line.
    func because(_ node: DocumentNode) -> Text? {
        let text = node.text?.split(whereSeparator: \.isWhitespace).joined(separator: " ") ?? ""
        guard !text.isEmpty, text.utf8.count <= WorkflowLimits.becauseBytesMax else {
            log.error(
                at: node, "found \(node.phrase), expected a sentence for people",
                hint: "up to \(WorkflowLimits.becauseBytesMax) bytes")
            return nil
        }
        return Text(text)
    }
}
