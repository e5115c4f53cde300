/// Rules about who imports whom.
enum ImportRules {
    /// The module of an import line, or nil.
    static func module(of line: Substring) -> String? {
        var words = line.split(whereSeparator: { $0 == " " || $0 == ";" })[...]
        let modifiers: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
        while let word = words.first, word.hasPrefix("@") || modifiers.contains(word) { words.removeFirst() }
        guard words.first == "import", words.count > 1 else { return nil }
        words.removeFirst()
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
        if let word = words.first, kinds.contains(word) { words.removeFirst() }
        return words.first?.split(separator: ".").first.map(String.init)
    }

    /// Import lines of product code that the table does not allow.
    static func violations(in file: SourceFile) -> [Violation] {
        guard let allowed = ImportTable.allowed[file.target] else {
            return [Violation(path: file.path, line: 1, message: "target \(file.target) is not in the import table")]
        }
        return imports(of: file).compactMap { line, module in
            let isFree = ImportTable.swiftsOwn.contains(module) && !ImportTable.pure.contains(file.target)
            guard !isFree, !allowed.contains(module) else { return nil }
            return Violation(path: file.path, line: line, message: "\(file.target) may not import \(module)")
        }
    }

    /// Import lines whose module the manifest does not declare: an incremental build accepts them silently.
    static func undeclared(in file: SourceFile, _ manifest: Manifest) -> [Violation] {
        let declared = manifest.target(file.target)?.dependencies ?? []
        return imports(of: file).compactMap { line, module in
            if ImportTable.swiftsOwnForTests.contains(module) || declared.contains(module) { return nil }
            return Violation(
                path: file.path, line: line, message: "\(module) is not a dependency of \(file.target) in Package.swift"
            )
        }
    }

    /// Dependencies of the manifest that the table does not allow, and targets without a row.
    static func violations(in manifest: Manifest) -> [Violation] {
        var violations: [Violation] = []
        func report(_ message: String) {
            violations.append(Violation(path: "Package.swift", line: 1, message: message))
        }
        for target in manifest.targets {
            if target.kind == "testTarget" {
                let product = target.dependencies.subtracting(["WaybillCommand"])
                if ImportTable.testsWithoutProductCode.contains(target.name), !product.isEmpty {
                    report("\(target.name) tests what is shipped and may not depend on \(product.sorted())")
                }
                continue
            }
            guard let allowed = ImportTable.allowed[target.name] else {
                report("target \(target.name) is not in the import table")
                continue
            }
            for module in target.dependencies.subtracting(allowed).sorted() {
                report("\(target.name) may not depend on \(module)")
            }
        }
        return violations
    }

    private static func imports(of file: SourceFile) -> [(line: Int, module: String)] {
        file.codeLines.enumerated().compactMap { index, line in module(of: line).map { (index + 1, $0) } }
    }
}
