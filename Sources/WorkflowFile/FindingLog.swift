import WaybillCore

/// Collects the findings of one reading, at most ``WorkflowLimits/findingsMax``.
///
/// A class, because every part of the reading writes to the same list; it never leaves the reading.
package final class FindingLog {
    package private(set) var findings: [WorkflowFinding] = []
    let source: SourceText
    /// While true nothing is noted: types are being tried, and what is wrong will be found again.
    var isMuted = false

    /// Names whose declarations were found wrong: that they are unknown follows from that, and is not told again.
    private var undeclared: Set<Text> = []
    /// Whether a list of names could not be read at all.
    private var isListUnread = false
    /// Entries of `derive:` that ask for a later one.
    private var early: Set<Text> = []

    init(source: SourceText) { self.source = source }

    /// A log for one reading of these bytes.
    package convenience init(reading bytes: [UInt8]) { self.init(source: SourceText(bytes)) }

    package var hasErrors: Bool { findings.contains { $0.severity == .error } }

    /// Notes that what a name means could not be read, which a finding tells already.
    func fails(toDeclare name: String) { undeclared.insert(Text(name)) }
    /// The same of all names of a list.
    func failsToDeclareAny() { isListUnread = true }

    /// Notes that an entry of `derive:` asks for a later one: the two may ask for each other.
    func asksTooEarly(_ name: Text) { early.insert(name) }

    func hasAskedTooEarly(_ name: Text) -> Bool { early.contains(name) }

    /// Whether it follows from another finding that a name is unknown.
    func hasFailed(toDeclare name: Text) -> Bool { hasErrors && (isListUnread || undeclared.contains(name)) }

    package func error(at place: Place, path: DocumentPath = .root, _ message: String, hint: String? = nil) {
        note(.error, at: place, path: path, message, hint: hint)
    }

    package func error(at node: DocumentNode, _ message: String, hint: String? = nil) {
        note(.error, at: node.place, path: node.path, message, hint: hint)
    }

    package func warning(at node: DocumentNode, _ message: String, hint: String? = nil) {
        note(.warning, at: node.place, path: node.path, message, hint: hint)
    }

    private func note(
        _ severity: WorkflowFinding.Severity, at place: Place, path: DocumentPath, _ message: String, hint: String?
    ) {
        guard !isMuted, findings.count < WorkflowLimits.findingsMax else { return }
        let finding = WorkflowFinding(
            severity: severity, line: place.line, column: place.column, path: path.description, message: message,
            hint: hint)
        // A list that is checked in two places says the same thing twice.
        if !findings.contains(finding) { findings.append(finding) }
    }
}
