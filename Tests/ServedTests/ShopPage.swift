import Foundation
import Testing

/// The page that shows a shop in several languages. Its blocks are the programs that the tests run.
struct ShopPage {
    private let blocks: [(language: String, code: String)]

    init() throws {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = package.appendingPathComponent("Sources/Waybill/Waybill.docc/AShopInYourLanguage.md")
        // Every second part between fences is a block: its language, and its lines.
        let parts = "\n\(try String(contentsOf: page, encoding: .utf8))".components(separatedBy: "\n```")
        blocks = stride(from: 1, to: parts.count, by: 2).map { index in
            let lines = parts[index].split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(lines[0]), lines.count == 2 ? "\(lines[1])\n" : "")
        }
    }

    /// All blocks of a language, one after the other.
    func code(_ language: String) throws -> String {
        let found = blocks.filter { $0.language == language }.map(\.code)
        try #require(!found.isEmpty, "the page has no \(language)")
        return found.joined(separator: "\n\n")
    }
}

/// A served file with the programs of the page beside it.
struct PageShop {
    let page: ShopPage
    let served: ServedFile

    /// Sets the shop up as the page says, and serves it.
    init() throws {
        page = try ShopPage()
        served = try ServedFile()
        try write("setup.sh", try page.code("sh"))
        let setup = try run("bash", "-eu", "setup.sh")
        try #require(setup.status == 0, "\(setup.output)\(setup.errors)")
        try served.serve()
    }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: served.directory.appendingPathComponent(name))
    }

    /// Runs a program in the directory of the file, where it finds `waybill` and the address of the server.
    func run(_ program: String, _ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
        let process = Process()
        let output = Pipe()
        let errors = served.directory.appendingPathComponent("errors-of-\(program)-\(UUID().uuidString)")
        try Data().write(to: errors)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.currentDirectoryURL = served.directory
        process.environment = try environment()
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: data, as: UTF8.self),
            String(decoding: try Data(contentsOf: errors), as: UTF8.self)
        )
    }

    private func environment() throws -> [String: String] {
        var environment = ProcessInfo.processInfo.environment
        let tools = URL(fileURLWithPath: try executablePath()).deletingLastPathComponent().path
        environment["PATH"] = "\(tools):\(environment["PATH"] ?? "/usr/bin:/bin")"
        environment["WAYBILL_URL"] = "http://127.0.0.1:\(served.port)"
        environment["GOCACHE"] = served.directory.appendingPathComponent("go").path
        return environment
    }
}

/// Compilers of other languages; without one its test is skipped.
enum Compiler: String {
    case java = "javac"
    case go

    var isThere: Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(rawValue)")
        }
    }
}
