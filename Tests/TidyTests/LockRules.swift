/// Locks are taken where their state is: what else reads or changes it asks by name.
enum LockRules {
    /// Where the lock of the groups' memory may be taken.
    static let memory = "Sources/WaybillBroker/Memory/"

    static func violations(in file: SourceFile) -> [Violation] {
        guard file.path.hasPrefix("Sources/WaybillBroker/"), !file.path.hasPrefix(memory) else { return [] }
        return file.codeLines.enumerated().compactMap { index, line in
            guard line.contains("groups.state") || line.contains("extension GroupMemory") else { return nil }
            return Violation(
                path: file.path, line: index + 1,
                message: "the lock of GroupMemory is taken in \(memory) only; give what is asked a name there")
        }
    }
}
