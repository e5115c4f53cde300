import Foundation

/// A file of the repository as the rules see it.
struct SourceFile: Sendable {
    /// From the package's root, for example `Sources/WaybillCore/Order/Decide.swift`.
    let path: String
    let text: String
    let lines: [Substring]
    let codeLines: [Substring]
    let commentLines: [Substring]
    let code: String

    init(_ path: String, _ text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let source = path.hasSuffix(".swift") ? SourceText(text) : nil
        code = source?.code ?? ""
        codeLines = source?.codeLines ?? []
        commentLines = source?.commentLines ?? []
    }

    /// The target that the file belongs to.
    var target: String {
        let parts = path.split(separator: "/")
        guard let first = parts.first else { return "" }
        return (first == "Sources" || first == "Tests") && parts.count > 2 ? String(parts[1]) : String(first)
    }
}

/// A place where a rule is broken.
struct Violation: Hashable, Sendable, CustomStringConvertible {
    let path: String
    let line: Int
    let message: String

    var description: String { "\(path):\(line): \(message)" }
}

/// The checked-in files, found from where this file was compiled.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Directories of code that a tool writes.
    static let generated: [String] = ["Sources/RocketMQProto/"]

    static let sources: [SourceFile] = files(in: ["Sources", "Migrations", "Workflows"], ending: [".swift"])
    static let tests: [SourceFile] = files(in: ["Tests"], ending: [".swift"])
    static let texts: [SourceFile] = files(
        in: ["Sources", "Migrations", "Workflows"], ending: [".sql", ".yaml", ".h", ".modulemap", ".md"])

    /// Directories of Tests that are run by a script instead of the package.
    static let scripts: [String] = {
        let tests = root.appendingPathComponent("Tests")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: tests.path)) ?? []
        return names.filter { FileManager.default.isExecutableFile(atPath: "\(tests.path)/\($0)/run") }
    }()

    static func file(_ path: String) throws -> SourceFile {
        SourceFile(path, try String(contentsOf: root.appending(path: path), encoding: .utf8))
    }

    private static func files(in directories: [String], ending suffixes: [String]) -> [SourceFile] {
        var found: [SourceFile] = []
        for directory in directories {
            let names = FileManager.default.enumerator(atPath: root.appending(path: directory).path())
            for case let name as String in names ?? .init() where suffixes.contains(where: name.hasSuffix) {
                let path = "\(directory)/\(name)"
                guard !generated.contains(where: path.hasPrefix), let file = try? file(path) else { continue }
                found.append(file)
            }
        }
        return found.sorted { $0.path < $1.path }
    }
}
